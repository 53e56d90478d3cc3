#include "handlers/mail_message.hpp"

#include "handlers/base64.hpp"
#include "handlers/mail_header.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::handlers {
namespace {

constexpr std::size_t longest_line = 998;

/// With CRLF wherever a line ends, the last one included.
std::string with_crlf(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        result.append(line).append("\r\n");
        at = end + 1;
    }
    return result;
}

/// Whether a text with CRLF may travel as it is.
bool is_7bit(std::string_view text) {
    std::size_t line = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            line = 0;
            ++i;
        } else if ((c < ' ' && c != '\t') || c > '~' || ++line > longest_line) {
            return false;
        }
    }
    return true;
}

std::string text_part(std::string_view subtype, std::string_view text) {
    const auto lines = with_crlf(text);
    // What looks like the line between two parts is encoded as well.
    const bool plain = is_7bit(lines) && lines.find("--=_") == lines.npos;
    return fmt::format(
        "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}", subtype,
        plain ? "7bit" : "base64", plain ? lines : to_base64_lines(lines));
}

std::string attachment_part(const MailAttachment& attachment) {
    return fmt::format(
        "Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment{}\r\n\r\n{}",
        attachment.type, mail_parameter("filename", attachment.name),
        to_base64_lines(attachment.content));
}

/// Parts under one head. Base64 never has "=_", so the line between them is in none of them.
std::string joined(std::string_view subtype, std::string_view boundary,
                   const std::vector<std::string>& parts) {
    std::string text =
        fmt::format("Content-Type: multipart/{}; boundary=\"{}\"\r\n\r\n", subtype, boundary);
    for (const auto& part : parts)
        text += fmt::format("--{}\r\n{}\r\n", boundary, part);
    return text + fmt::format("--{}--\r\n", boundary);
}

std::string content_of(const MailMessage& mail) {
    std::vector<std::string> forms;
    if (!mail.text.empty() || mail.html.empty()) forms.push_back(text_part("plain", mail.text));
    if (!mail.html.empty()) forms.push_back(text_part("html", mail.html));
    auto content = forms.size() == 1 ? std::move(forms.front())
                                     : joined("alternative", "=_errand_forms", forms);
    if (mail.attachments.empty()) return content;
    std::vector<std::string> parts{std::move(content)};
    for (const auto& attachment : mail.attachments)
        parts.push_back(attachment_part(attachment));
    return joined("mixed", "=_errand_parts", parts);
}

}  // namespace

std::string message_id_of(const MailMessage& mail, std::string_view key) {
    return fmt::format("<{}@{}>", key, mail.from.domain());
}

std::string render_mail(const MailMessage& mail, std::string_view key, Timestamp now) {
    std::string head = fmt::format("Date: {}\r\n", mail_date(now));
    head += address_field("From", {&mail.from, 1});
    head += address_field("Reply-To", mail.reply_to);
    head += mail.to.empty() && mail.cc.empty() ? "To: undisclosed-recipients:;\r\n"
                                               : address_field("To", mail.to);
    head += address_field("Cc", mail.cc);
    head += text_field("Subject", mail.subject);
    head += fmt::format("Message-ID: {}\r\n", message_id_of(mail, key));
    for (const auto& [name, value] : mail.headers)
        head += text_field(name, value);
    return head + "MIME-Version: 1.0\r\n" + content_of(mail);
}

}  // namespace errand::handlers
