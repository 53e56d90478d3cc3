#pragma once

#include "handlers/mail_address.hpp"

#include <errand/time.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errand::handlers {

struct MailAttachment {
    std::string name;
    std::string type;  ///< "application/pdf"
    std::string content;
};

/// A mail as it will be read. Texts in the head have no control characters.
struct MailMessage {
    MailAddress from;
    std::vector<MailAddress> to, cc, reply_to;
    std::string subject;
    std::string text, html;                                    ///< at least one is not empty
    std::vector<std::pair<std::string, std::string>> headers;  ///< further ones, in this order
    std::vector<MailAttachment> attachments;
};

/// The message as SMTP carries it: CRLF, no line beyond 998 bytes, 7 bit. `key` names it: a message
/// with the same key has the same Message-ID, by which a receiver recognises a repeat.
[[nodiscard]] std::string render_mail(const MailMessage& mail, std::string_view key, Timestamp now);

/// "<KEY@DOMAIN of the sender>"
[[nodiscard]] std::string message_id_of(const MailMessage& mail, std::string_view key);

}  // namespace errand::handlers
