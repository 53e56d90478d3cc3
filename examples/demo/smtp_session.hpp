#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

inline constexpr std::size_t smtp_line_bytes =
    2'000;  ///< longest line that is taken, without its end
inline constexpr std::size_t smtp_mail_bytes = 1U << 20;
inline constexpr std::size_t smtp_recipients = 100;

/// A mail as it was handed over.
struct ReceivedMail {
    std::string from;
    std::vector<std::string> to;
    std::string message;  ///< headers and body, CRLF, dots unstuffed
};

/// The server's side of one SMTP conversation (RFC 5321, with the limits above), apart from the
/// network: lines in, answers out. It takes mail for everybody.
class SmtpSession {
public:
    /// Stores a mail; what it throws is answered with 451, so that the client tries again.
    using Deliver = std::function<void(const ReceivedMail&)>;

    explicit SmtpSession(Deliver deliver) : deliver_(std::move(deliver)) {}

    [[nodiscard]] static std::string greeting();

    /// What to answer to a line, given without its CRLF; empty: nothing yet.
    [[nodiscard]] std::string answer(std::string_view line);

    /// After QUIT: send the answer, then close.
    [[nodiscard]] bool is_over() const noexcept { return over_; }

private:
    [[nodiscard]] std::string obey(std::string_view line);
    [[nodiscard]] std::string on_mail_from(std::string_view line);
    [[nodiscard]] std::string on_recipient(std::string_view line);
    [[nodiscard]] std::string on_data_line(std::string_view line);
    [[nodiscard]] std::string deliver();
    void reset();

    Deliver deliver_;
    ReceivedMail mail_;
    bool greeted_ = false;
    bool has_sender_ = false;
    bool in_data_ = false;
    bool too_large_ = false;
    bool over_ = false;
};

}  // namespace demo
