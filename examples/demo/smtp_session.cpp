#include "demo/smtp_session.hpp"

#include <algorithm>
#include <exception>
#include <optional>

namespace demo {
namespace {

constexpr std::string_view bad_order = "503 5.5.1 commands out of order\r\n";

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool begins_with(std::string_view line, std::string_view command) {
    return line.size() >= command.size() &&
           std::ranges::equal(line.substr(0, command.size()), command, {}, upper);
}

/// The address between the angle brackets, which may be empty.
std::optional<std::string> address_in(std::string_view line) {
    const auto open = line.find('<');
    const auto close = line.find('>');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    return std::string{line.substr(open + 1, close - open - 1)};
}

}  // namespace

std::string SmtpSession::greeting() {
    return "220 errand-demo ready\r\n";
}

std::string SmtpSession::answer(std::string_view line) {
    return in_data_ ? on_data_line(line) : obey(line);
}

std::string SmtpSession::obey(std::string_view line) {
    if (begins_with(line, "EHLO")) {
        greeted_ = true;
        reset();
        return "250-errand-demo\r\n250-8BITMIME\r\n250 SIZE " + std::to_string(smtp_mail_bytes) +
               "\r\n";
    }
    if (begins_with(line, "HELO")) {
        greeted_ = true;
        reset();
        return "250 errand-demo\r\n";
    }
    if (begins_with(line, "MAIL FROM:")) return on_mail_from(line);
    if (begins_with(line, "RCPT TO:")) return on_recipient(line);
    if (begins_with(line, "DATA")) {
        if (mail_.to.empty()) return std::string{bad_order};
        in_data_ = true;
        return "354 end with a line that is a dot\r\n";
    }
    if (begins_with(line, "RSET")) {
        reset();
        return "250 forgotten\r\n";
    }
    if (begins_with(line, "NOOP")) return "250 fine\r\n";
    if (begins_with(line, "QUIT")) {
        over_ = true;
        return "221 good-bye\r\n";
    }
    return "500 5.5.2 unknown command\r\n";
}

std::string SmtpSession::on_mail_from(std::string_view line) {
    if (!greeted_ || has_sender_) return std::string{bad_order};
    auto address = address_in(line);
    if (!address) return "501 5.5.4 write MAIL FROM:<address>\r\n";
    mail_.from = std::move(*address);
    has_sender_ = true;
    return "250 sender taken\r\n";
}

std::string SmtpSession::on_recipient(std::string_view line) {
    if (!has_sender_) return std::string{bad_order};
    if (mail_.to.size() == smtp_recipients) return "452 4.5.3 too many recipients\r\n";
    auto address = address_in(line);
    if (!address || address->empty()) return "501 5.5.4 write RCPT TO:<address>\r\n";
    mail_.to.push_back(std::move(*address));
    return "250 recipient taken\r\n";
}

std::string SmtpSession::on_data_line(std::string_view line) {
    if (line == ".") return deliver();
    // A line that begins with a dot was sent with one more.
    if (line.starts_with('.')) line.remove_prefix(1);
    too_large_ = too_large_ || mail_.message.size() + line.size() + 2 > smtp_mail_bytes;
    if (!too_large_) mail_.message += std::string{line} + "\r\n";
    return {};
}

std::string SmtpSession::deliver() {
    std::string reply = "250 kept\r\n";
    if (too_large_) {
        reply = "552 5.3.4 the mail is too large\r\n";
    } else {
        try {
            deliver_(mail_);
        } catch (const std::exception&) {
            reply = "451 4.3.0 the mail could not be kept\r\n";
        }
    }
    reset();
    return reply;
}

void SmtpSession::reset() {
    mail_ = {};
    has_sender_ = in_data_ = too_large_ = false;
}

}  // namespace demo
