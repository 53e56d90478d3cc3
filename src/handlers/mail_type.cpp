#include "handlers/mail_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace errand::handlers {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;
constexpr std::array types{
    Entry{"csv", "text/csv"},          Entry{"gif", "image/gif"},
    Entry{"gz", "application/gzip"},   Entry{"htm", "text/html"},
    Entry{"html", "text/html"},        Entry{"ics", "text/calendar"},
    Entry{"jpeg", "image/jpeg"},       Entry{"jpg", "image/jpeg"},
    Entry{"json", "application/json"}, Entry{"md", "text/markdown"},
    Entry{"pdf", "application/pdf"},   Entry{"png", "image/png"},
    Entry{"svg", "image/svg+xml"},     Entry{"txt", "text/plain"},
    Entry{"webp", "image/webp"},       Entry{"xml", "application/xml"},
    Entry{"zip", "application/zip"},
};

bool is_token(std::string_view text) noexcept {
    constexpr std::string_view marks = "!#$&^_.+-";
    return !text.empty() && text.size() <= 127 && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != marks.npos;
    });
}

}  // namespace

std::string mail_type_of(std::string_view file_name) {
    std::string ending{file_name.substr(file_name.rfind('.') + 1)};
    for (char& c : ending) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const auto* found = std::ranges::find(types, std::string_view{ending}, &Entry::first);
    return std::string{found == types.end() ? "application/octet-stream" : found->second};
}

bool is_mail_type(std::string_view text) noexcept {
    const auto slash = text.find('/');
    return slash != text.npos && is_token(text.substr(0, slash)) &&
           is_token(text.substr(slash + 1));
}

}  // namespace errand::handlers
