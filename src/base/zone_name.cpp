#include "base/zone_name.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

namespace errand::base {
namespace {

constexpr bool is_name_character(char c) noexcept {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || is_digit(c) || c == '_' || c == '+' || c == '-';
}

[[noreturn]] void refuse(std::string_view name, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("time zone {}: {}", quote_for_message(name), reason));
}

}  // namespace

void check_zone_name(std::string_view name) {
    if (name.empty()) refuse(name, "is empty; write for example Europe/Berlin or UTC");
    if (name.size() > max_zone_name_bytes) {
        refuse(name, fmt::format("has {} bytes, at most {} are possible", name.size(),
                                 max_zone_name_bytes));
    }
    auto rest = name;
    for (;;) {
        const auto segment = take_while(rest, is_name_character);
        if (segment.empty() || (!rest.empty() && rest.front() != '/')) {
            refuse(name, "is no name of a zone; write for example Europe/Berlin or UTC");
        }
        if (rest.empty()) return;
        rest.remove_prefix(1);
    }
}

}  // namespace errand::base
