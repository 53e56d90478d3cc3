#include "handlers/email_args.hpp"

#include "base/text.hpp"
#include "core/json_object.hpp"
#include "core/json_values.hpp"
#include "handlers/mail_type.hpp"

#include <errand/codec.hpp>
#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace errand::handlers {
namespace {

namespace json = boost::json;
using core::JsonMember;

constexpr std::size_t most_recipients = 100;  // what every mail server must take (RFC 5321)
constexpr std::size_t most_attachments = 100;
constexpr std::size_t most_headers = 50;
constexpr std::size_t longest_header = 900;  // a line of mail has at most 998 bytes
constexpr std::size_t longest_name = 255;

constexpr std::array<std::string_view, 10> known_members{
    "from", "to", "cc", "bcc", "reply_to", "subject", "text", "html", "headers", "attachments"};
constexpr std::array<std::string_view, 3> known_attachment_members{"path", "name", "type"};

/// Fields of the head that the handler writes itself, that servers write, or that would change
/// what the mail is.
constexpr std::array<std::string_view, 13> own_headers{
    "bcc",          "cc",       "date",     "from",      "message-id",
    "mime-version", "received", "reply-to", "resent-to", "return-path",
    "sender",       "subject",  "to"};

[[noreturn]] void refuse(std::string_view member, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: {}", member, reason));
}

/// Calls `read`; its errors get the name of the member before them.
template <class Read>
auto named(std::string_view member, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        refuse(member, error.what());
    }
}

std::string text_without_controls(const JsonMember& member, std::string_view example) {
    auto text = core::text_of(member, example);
    if (has_control_characters(text)) {
        throw Error(ErrorCode::invalid_argument,
                    "has a line break or another control character: remove it");
    }
    return text;
}

/// One text or a list of them.
std::vector<MailAddress> addresses_of(const JsonMember& member) {
    std::vector<std::string> texts;
    if (member.value.starts_with('"')) {
        texts.push_back(core::text_of(member, "ada@example.org"));
    } else {
        texts = core::texts_of(member, "a list of addresses such as [\"ada@example.org\"]");
    }
    std::vector<MailAddress> addresses;
    for (const auto& text : texts)
        addresses.push_back(MailAddress::parse(text));
    return addresses;
}

std::string lower_case(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

void check_header_name(const std::string& name) {
    const auto is_name = [](char c) { return c > ' ' && c < '\x7f' && c != ':'; };
    if (name.empty() || name.size() > 70 || !std::ranges::all_of(name, is_name)) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{} is no name of a header: use letters, digits and '-'",
                                base::quote_for_message(name)));
    }
    const auto lower = lower_case(name);
    if (std::ranges::find(own_headers, lower) != own_headers.end() ||
        lower.starts_with("content-")) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{} is not for the caller to set: leave it out, or use the member "
                                "for it",
                                base::quote_for_message(name)));
    }
}

std::vector<std::pair<std::string, std::string>> headers_of(const JsonMember& member) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (const auto& header : core::json_members(member.value, R"(write {"X-Name": "value"})")) {
        check_header_name(header.name);
        auto value = named(header.name, [&] { return text_without_controls(header, "value"); });
        if (value.size() > longest_header)
            refuse(header.name, fmt::format("has more than {} bytes", longest_header));
        headers.emplace_back(header.name, std::move(value));
    }
    if (headers.size() > most_headers)
        throw Error(ErrorCode::invalid_argument, fmt::format("has more than {}", most_headers));
    return headers;
}

std::string last_part(std::string_view path) {
    return std::string{path.substr(path.rfind('/') + 1)};
}

AttachmentArgs attachment_of(std::string_view object) {
    AttachmentArgs attachment;
    for (const auto& member : core::json_members(object, R"(write {"path": "report.pdf"})")) {
        if (std::ranges::find(known_attachment_members, member.name) ==
            known_attachment_members.end()) {
            core::refuse_unknown(member.name, known_attachment_members);
        }
        named(member.name, [&] {
            if (member.name == "path") {
                attachment.path = core::text_of(member, "report.pdf");
            } else if (member.name == "name") {
                attachment.name = text_without_controls(member, "report.pdf");
            } else {
                attachment.type = core::text_of(member, "application/pdf");
            }
        });
    }
    if (attachment.path.empty()) refuse("path", "is missing: give the file's path");
    if (attachment.name.empty()) attachment.name = last_part(attachment.path);
    if (attachment.name.size() > longest_name || has_control_characters(attachment.name))
        refuse("name", "must have 1 to 255 bytes and no control characters");
    if (attachment.type.empty()) attachment.type = mail_type_of(attachment.name);
    if (!is_mail_type(attachment.type))
        refuse("type", "must be a type and a subtype such as \"application/pdf\"");
    return attachment;
}

std::vector<AttachmentArgs> attachments_of(const JsonMember& member) {
    json::parse_options options;
    options.max_depth = max_json_depth;
    const auto list = json::parse({member.value.data(), member.value.size()}, {}, options);
    constexpr auto expected = R"(must be a list such as [{"path": "report.pdf"}])";
    if (!list.is_array()) throw Error(ErrorCode::invalid_argument, expected);
    if (list.as_array().size() > most_attachments) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("has more than {} files", most_attachments));
    }
    std::vector<AttachmentArgs> attachments;
    for (const auto& item : list.as_array()) {
        if (!item.is_object()) throw Error(ErrorCode::invalid_argument, expected);
        attachments.push_back(attachment_of(json::serialize(item)));
    }
    return attachments;
}

void read_member(EmailArgs& args, const JsonMember& member) {
    MailMessage& mail = args.mail;
    if (member.name == "from") {
        mail.from = MailAddress::parse(core::text_of(member, "ada@example.org"));
    } else if (member.name == "to") {
        mail.to = addresses_of(member);
    } else if (member.name == "cc") {
        mail.cc = addresses_of(member);
    } else if (member.name == "bcc") {
        args.bcc = addresses_of(member);
    } else if (member.name == "reply_to") {
        mail.reply_to = addresses_of(member);
    } else if (member.name == "subject") {
        mail.subject = text_without_controls(member, "Your report");
    } else if (member.name == "text") {
        mail.text = core::text_of(member, "Hello");
    } else if (member.name == "html") {
        mail.html = core::text_of(member, "<p>Hello</p>");
    } else if (member.name == "headers") {
        mail.headers = headers_of(member);
    } else {
        args.attachments = attachments_of(member);
    }
}

}  // namespace

EmailArgs EmailArgs::parse(std::string_view text) {
    EmailArgs args;
    constexpr auto remedy = R"(write [{"to": ["ada@example.org"], "subject": "…", "text": "…"}])";
    for (const auto& member : core::json_members(only_element(text), remedy)) {
        if (std::ranges::find(known_members, member.name) == known_members.end())
            core::refuse_unknown(member.name, known_members);
        named(member.name, [&] { read_member(args, member); });
    }
    const auto recipients = args.recipients().size();
    if (recipients == 0) refuse("to", "is empty: name somebody in to, cc or bcc");
    if (recipients > most_recipients) {
        refuse("to", fmt::format("with cc and bcc {} addresses: at most {} are possible, send "
                                 "several mails",
                                 recipients, most_recipients));
    }
    if (args.mail.text.empty() && args.mail.html.empty())
        refuse("text", "is missing: give text, html or both");
    return args;
}

std::vector<std::string> EmailArgs::recipients() const {
    std::vector<std::string> addresses;
    for (const auto* list : {&mail.to, &mail.cc, &bcc}) {
        for (const auto& recipient : *list) {
            if (std::ranges::find(addresses, recipient.address) == addresses.end())
                addresses.push_back(recipient.address);
        }
    }
    return addresses;
}

}  // namespace errand::handlers
