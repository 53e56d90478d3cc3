#include "demo/mailbox.hpp"

#include "demo/files.hpp"

#include <algorithm>
#include <cstdio>

namespace demo {
namespace {

constexpr std::size_t longest_name = 100;

bool is_safe(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '@' || c == '.';
}

/// A file name made of a Message-ID, which may be anything; never hidden.
std::string file_name_of(const std::string& message_id) {
    std::string name;
    for (const char c : message_id) {
        if (is_safe(c) && !(name.empty() && c == '.') && name.size() < longest_name) name += c;
    }
    return name;
}

std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return text;
}

}  // namespace

std::string header_of(const std::string& message, const std::string& name) {
    const std::string headers = "\r\n" + message.substr(0, message.find("\r\n\r\n")) + "\r\n";
    const std::string start = "\r\n" + name + ":";
    const auto at = headers.find(start);
    if (at == std::string::npos) return {};
    const auto first = headers.find_first_not_of(" \t", at + start.size());
    return headers.substr(first, headers.find("\r\n", first) - first);
}

void Mailbox::keep(const ReceivedMail& mail) {
    std::string name = file_name_of(header_of(mail.message, "Message-ID"));
    if (name.empty()) name = "mail-" + std::to_string(++unnamed_);
    const auto file = folder_ / (name + ".eml");
    const bool again = std::filesystem::exists(file);
    write_file(file, mail.message);
    std::printf("mail to %s: %s%s\n", printable(mail.to.front()).c_str(),
                printable(header_of(mail.message, "Subject")).c_str(),
                again ? " (came again, kept once)" : "");
    std::fflush(stdout);
}

}  // namespace demo
