#include "base/text.hpp"
#include "cli/config.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace errand::cli {

std::uint64_t parse_size(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> units{
        {{"", 1}, {"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}}};
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    if (error == std::errc{}) {
        for (const auto& [name, factor] : units) {
            if (unit != name) continue;
            if (number > std::numeric_limits<std::uint64_t>::max() / factor) break;
            return number * factor;
        }
    }
    throw Error(ErrorCode::invalid_argument,
                base::quote_for_message(text) +
                    " is not a size: use a whole number with B, KiB, MiB or GiB, for example 1MiB");
}

}  // namespace errand::cli
