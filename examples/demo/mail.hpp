#pragma once

#include <boost/describe.hpp>

#include <string>

namespace demo {

struct Mail {
    std::string to;
    std::string subject;
    std::string body;
};
BOOST_DESCRIBE_STRUCT(Mail, (), (to, subject, body))

inline constexpr const char* mail_sender = "demo@errand.example";

/// Why no attempt to deliver there would succeed; empty: one may.
[[nodiscard]] std::string why_undeliverable(const std::string& address);

/// The message as it travels: headers and body with CRLF. The same id makes the same Message-ID, by
/// which a receiver recognises a repeat. Throws Discard for what mail cannot carry: a line break in
/// a header, a line of more than 998 bytes.
[[nodiscard]] std::string message_of(const Mail& mail, const std::string& id,
                                     const std::string& date);

/// Hands the message to the SMTP server at HOST:PORT. Throws Discard when the server refuses it for
/// good (5yz), std::runtime_error when another attempt may succeed.
void send_mail(const std::string& server, const std::string& to, const std::string& message);

}  // namespace demo
