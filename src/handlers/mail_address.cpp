#include "handlers/mail_address.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::handlers {
namespace {

constexpr std::size_t longest_address = 254;
constexpr std::size_t longest_name = 200;
constexpr std::string_view not_in_an_address = "<>()[]\\,;:\" ";

[[noreturn]] void refuse(std::string_view text, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} {}", base::quote_for_message(text), reason));
}

std::string_view trim(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

bool is_domain(std::string_view text) {
    return !text.empty() && !text.starts_with('.') && !text.ends_with('.') &&
           text.find("..") == text.npos && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.';
           });
}

void check_address(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == text.npos || at == 0 || text.size() > longest_address)
        refuse(text, "is no mail address: write name@host");
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7e; }))
        refuse(text, "has characters beyond ASCII: write its host in the form xn--…");
    const auto local = text.substr(0, at);
    if (local.find_first_of(not_in_an_address) != text.npos || local.find('@') != text.npos ||
        !is_domain(text.substr(at + 1))) {
        refuse(text, "is no mail address: write name@host");
    }
}

/// A name in quotes without them.
std::string unquoted(std::string_view name) {
    name = trim(name);
    if (name.size() < 2 || !name.starts_with('"') || !name.ends_with('"')) return std::string{name};
    name = name.substr(1, name.size() - 2);
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '\\' && i + 1 < name.size()) ++i;
        plain += name[i];
    }
    return plain;
}

}  // namespace

bool has_control_characters(std::string_view text) noexcept {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

MailAddress MailAddress::parse(std::string_view text) {
    if (has_control_characters(text)) refuse(text, "has control characters: remove them");
    if (!base::is_valid_utf8(text)) refuse(text, "is not valid UTF-8");
    MailAddress result;
    auto address = trim(text);
    if (const auto open = address.rfind('<'); open != address.npos && address.ends_with('>')) {
        result.name = unquoted(address.substr(0, open));
        if (result.name.size() > longest_name)
            refuse(text, fmt::format("has a name of more than {} bytes", longest_name));
        address = address.substr(open + 1, address.size() - open - 2);
    }
    check_address(address);
    result.address = address;
    return result;
}

std::string_view MailAddress::domain() const {
    return std::string_view{address}.substr(address.rfind('@') + 1);
}

}  // namespace errand::handlers
