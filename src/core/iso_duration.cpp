#include "core/iso_duration.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace errand::core {
namespace {

struct Unit {
    char letter;
    bool after_t;
    Duration length;
};
/// In the order in which they must stand.
constexpr std::array<Unit, 5> units{{{'W', false, std::chrono::weeks{1}},
                                     {'D', false, std::chrono::days{1}},
                                     {'H', true, std::chrono::hours{1}},
                                     {'M', true, std::chrono::minutes{1}},
                                     {'S', true, std::chrono::seconds{1}}}};

[[noreturn]] void refuse(std::string_view text) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is no duration of weeks, days, hours, minutes and seconds up to "
                            "36500 days; write it like PT30S, PT1M30S or P1DT12H",
                            base::quote_for_message(text)));
}

/// Reads "12" or "0.5" from the front of `rest`, in units of `length`.
std::optional<Duration> take_amount(std::string_view& rest, Duration length) {
    std::uint32_t whole = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), whole);
    if (error != std::errc{} || whole > max_duration / length) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    Duration amount = length * whole;
    if (rest.empty() || (rest.front() != '.' && rest.front() != ',')) return amount;
    rest.remove_prefix(1);
    if (rest.empty() || rest.front() < '0' || rest.front() > '9') return std::nullopt;
    for (auto part = length / 10; !rest.empty() && rest.front() >= '0' && rest.front() <= '9';
         part /= 10) {
        amount += part * (rest.front() - '0');
        rest.remove_prefix(1);
    }
    return amount;
}

}  // namespace

Duration parse_iso_duration(std::string_view text) {
    auto rest = text;
    if (!rest.starts_with('P')) refuse(text);
    rest.remove_prefix(1);
    Duration total{};
    bool after_t = false, is_any = false;
    std::size_t next = 0;
    while (!rest.empty()) {
        if (rest.front() == 'T' && !after_t) {
            after_t = true;
            is_any = false;  // something must follow
            rest.remove_prefix(1);
            continue;
        }
        const auto digits = rest.find_first_not_of("0123456789.,");
        if (digits == std::string_view::npos) refuse(text);
        std::size_t unit = next;
        while (unit < units.size() &&
               (units[unit].letter != rest[digits] || units[unit].after_t != after_t))
            ++unit;
        if (unit == units.size()) refuse(text);
        const auto amount = take_amount(rest, units[unit].length);
        if (!amount || rest.empty() || rest.front() != units[unit].letter) refuse(text);
        rest.remove_prefix(1);
        total += *amount;
        next = unit + 1;
        is_any = true;
    }
    if (!is_any || total > max_duration) refuse(text);
    return total;
}

}  // namespace errand::core
