#include <errand/error.hpp>
#include <errand/limits.hpp>
#include <errand/time.hpp>

#include "base/scan.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <limits>
#include <numeric>

namespace errand {
namespace {

using base::is_digit;

struct Unit {
    std::string_view name;
    std::uint64_t microseconds;
};
constexpr std::array<Unit, 7> units{{{"w", 604'800'000'000},
                                     {"d", 86'400'000'000},
                                     {"h", 3'600'000'000},
                                     {"m", 60'000'000},
                                     {"s", 1'000'000},
                                     {"ms", 1'000},
                                     {"us", 1}}};

[[noreturn]] void refuse_duration(std::string_view text, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("duration {}: {}; write for example 250ms, 30s or 1h30m",
                            base::quote_for_message(text), reason));
}

/// Reads one "1.5h" off `rest` after the other; each unit must be smaller than the one before.
class DurationReader {
public:
    explicit DurationReader(std::string_view text) : text_(text), rest_(text) {}

    Duration read() {
        if (text_ == "0") return Duration::zero();
        if (text_.empty()) refuse_duration(text_, "is empty");
        if (text_.front() == '-') refuse_duration(text_, "must not be negative");
        while (!rest_.empty())
            read_part();
        return Duration{static_cast<Duration::rep>(total_)};
    }

private:
    void read_part() {
        const auto whole = base::take_while(rest_, is_digit);
        if (whole.empty()) refuse_duration(text_, "a number is missing");
        std::string_view fraction;
        if (rest_.starts_with('.')) {
            rest_.remove_prefix(1);
            fraction = base::take_while(rest_, is_digit);
            if (fraction.empty()) refuse_duration(text_, "a digit must follow the point");
        }
        const auto unit = read_unit();
        add_whole(whole, unit);
        add(fraction_of(fraction, unit));
    }

    std::uint64_t read_unit() {
        const auto name = base::take_while(rest_, [](char c) { return c != '.' && !is_digit(c); });
        if (name.empty()) refuse_duration(text_, "a unit is missing");
        const auto found = std::find_if(units.begin(), units.end(),
                                        [&](const Unit& unit) { return unit.name == name; });
        if (found == units.end()) {
            refuse_duration(text_, base::quote_for_message(name) +
                                       " is none of the units us, ms, s, m, h, d, w");
        }
        if (found->microseconds >= smallest_unit_) {
            refuse_duration(text_, "units must go from larger to smaller");
        }
        return smallest_unit_ = found->microseconds;
    }

    void add_whole(std::string_view digits, std::uint64_t unit) {
        const auto number = base::to_number(digits);
        if (!number || *number > limit / unit) refuse_too_long();
        add(*number * unit);
    }

    void add(std::uint64_t microseconds) {
        total_ += microseconds;
        if (total_ > limit) refuse_too_long();
    }

    /// Exact: `digits` stand after the point, so the value is digits / 10^n of the unit.
    std::uint64_t fraction_of(std::string_view digits, std::uint64_t unit) const {
        digits = digits.substr(0, digits.find_last_not_of('0') + 1);
        if (digits.empty()) return 0;
        std::uint64_t power = 1;
        for (std::size_t i = 0; i < digits.size() && i < 18; ++i)
            power *= 10;
        const auto common = std::gcd(unit, power);
        const auto number = base::to_number(digits);
        if (digits.size() > 18 || *number % (power / common) != 0) {
            refuse_duration(text_, "is finer than a microsecond");
        }
        return *number / (power / common) * (unit / common);
    }

    [[noreturn]] void refuse_too_long() const {
        refuse_duration(text_, "is longer than 36500 days");
    }

    static constexpr auto limit = static_cast<std::uint64_t>(max_duration.count());
    std::string_view text_;
    std::string_view rest_;
    std::uint64_t smallest_unit_ = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t total_ = 0;
};

}  // namespace

Duration parse_duration(std::string_view text) {
    return DurationReader{text}.read();
}

std::string format_duration(Duration value) {
    if (value == Duration::zero()) return "0s";
    // Unsigned, so that the smallest negative value has an absolute value too.
    auto rest = static_cast<std::uint64_t>(value.count());
    std::string text;
    if (value < Duration::zero()) {
        rest = 0 - rest;
        text = "-";
    }
    for (const auto& unit : units) {
        const bool only_whole = unit.name == "w";  // "365d" reads better than "52w1d"
        if (rest < unit.microseconds || (only_whole && rest % unit.microseconds != 0)) continue;
        fmt::format_to(std::back_inserter(text), "{}{}", rest / unit.microseconds, unit.name);
        rest %= unit.microseconds;
    }
    return text;
}

}  // namespace errand
