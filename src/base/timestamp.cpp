#include <errand/error.hpp>
#include <errand/limits.hpp>
#include <errand/time.hpp>

#include "base/scan.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand {
namespace {

using base::is_digit;

[[noreturn]] void refuse_timestamp(std::string_view text, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("time {}: {}; write for example 2026-01-31T08:00:00Z",
                            base::quote_for_message(text), reason));
}

/// Reads the fields of an RFC 3339 time from left to right.
class TimestampReader {
public:
    explicit TimestampReader(std::string_view text) : text_(text), rest_(text) {}

    Timestamp read() {
        const auto day = read_date();
        if (rest_.empty() || std::string_view{"Tt "}.find(rest_.front()) == rest_.npos) {
            refuse_timestamp(text_, "a T must follow the date");
        }
        rest_.remove_prefix(1);
        const auto time_of_day = read_time();
        const auto offset = read_zone();
        if (!rest_.empty()) refuse_timestamp(text_, "something follows the zone");
        const Timestamp result = day + time_of_day - offset;
        if (result < min_timestamp || result > max_timestamp) {
            refuse_timestamp(text_, "must lie in the years 1970 to 9999");
        }
        return result;
    }

private:
    std::chrono::sys_days read_date() {
        const auto year = std::chrono::year{static_cast<int>(number(4, "year"))};
        expect('-', "year");
        const auto month = std::chrono::month{number(2, "month")};
        expect('-', "month");
        const std::chrono::year_month_day date{year, month, std::chrono::day{number(2, "day")}};
        if (!date.ok()) refuse_timestamp(text_, "there is no such day");
        return std::chrono::sys_days{date};
    }

    Duration read_time() {
        const auto hour = number(2, "hour");
        expect(':', "hour");
        const auto minute = number(2, "minute");
        expect(':', "minute");
        const auto second = number(2, "second");
        if (hour > 23 || minute > 59 || second > 59) {
            refuse_timestamp(text_, "there is no such time of day");
        }
        return std::chrono::hours{hour} + std::chrono::minutes{minute} +
               std::chrono::seconds{second} + read_fraction();
    }

    Duration read_fraction() {
        if (!rest_.starts_with('.')) return Duration::zero();
        rest_.remove_prefix(1);
        const auto digits = base::take_while(rest_, is_digit);
        if (digits.empty()) refuse_timestamp(text_, "a digit must follow the point");
        Duration::rep value = 0;
        for (std::size_t i = 0; i < 6; ++i)
            value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
        return Duration{value};
    }

    std::chrono::minutes read_zone() {
        if (rest_.empty()) refuse_timestamp(text_, "the zone is missing, add Z for UTC");
        const char sign = rest_.front();
        rest_.remove_prefix(1);
        if (sign == 'Z' || sign == 'z') return std::chrono::minutes::zero();
        if (sign != '+' && sign != '-')
            refuse_timestamp(text_, "the zone must be Z or like +01:00");
        const auto hours = number(2, "zone's hours");
        expect(':', "zone's hours");
        const auto minutes = number(2, "zone's minutes");
        if (hours > 23 || minutes > 59) refuse_timestamp(text_, "there is no such zone");
        const std::chrono::minutes offset =
            std::chrono::hours{hours} + std::chrono::minutes{minutes};
        return sign == '-' ? -offset : offset;
    }

    unsigned number(std::size_t digits, std::string_view field) {
        const auto part = rest_.substr(0, digits);
        if (part.size() != digits || !std::all_of(part.begin(), part.end(), is_digit)) {
            refuse_timestamp(text_, fmt::format("the {} needs {} digits", field, digits));
        }
        rest_.remove_prefix(digits);
        return static_cast<unsigned>(*base::to_number(part));
    }

    void expect(char c, std::string_view after) {
        if (!rest_.starts_with(c)) {
            refuse_timestamp(text_, fmt::format("a {} must follow the {}", c, after));
        }
        rest_.remove_prefix(1);
    }

    std::string_view text_;
    std::string_view rest_;
};

}  // namespace

Timestamp parse_timestamp(std::string_view text) {
    return TimestampReader{text}.read();
}

std::string format_timestamp(Timestamp value) {
    value = std::clamp(value, min_timestamp, max_timestamp);
    const auto day = std::chrono::floor<std::chrono::days>(value);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{value - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

}  // namespace errand
