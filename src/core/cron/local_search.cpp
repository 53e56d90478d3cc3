#include "core/cron/local_search.hpp"

#include "core/cron/day_mask.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace errand::core {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::seconds;

constexpr std::chrono::year first_year{1969};
constexpr std::chrono::year last_year{10'000};
constexpr int day_seconds = 86'400;

/// The lowest set bit at or above `from`; -1: there is none.
constexpr int next_bit(std::uint64_t bits, int from) noexcept {
    if (from >= 64) return -1;
    bits &= ~std::uint64_t{0} << from;
    return bits == 0 ? -1 : std::countr_zero(bits);
}

/// The highest set bit at or below `from`; -1: there is none.
constexpr int prev_bit(std::uint64_t bits, int from) noexcept {
    if (from < 0) return -1;
    bits &= ~std::uint64_t{0} >> (63 - from);
    return 63 - std::countl_zero(bits);
}

constexpr int at(int hour, int minute, int second) noexcept {
    return (hour * 60 + minute) * 60 + second;
}

/// Second of the day, at or after `from`; -1: none is left.
int first_second(const CronFields& fields, int from) noexcept {
    const int first_minute = next_bit(fields.minutes, 0);
    const int first = next_bit(fields.seconds, 0);
    const int from_hour = from / 3600;
    const int from_minute = from / 60 % 60;
    const int hour = next_bit(fields.hours, from_hour);
    if (hour < 0) return -1;
    if (hour > from_hour) return at(hour, first_minute, first);
    if (const int minute = next_bit(fields.minutes, from_minute); minute == from_minute) {
        if (const int second = next_bit(fields.seconds, from % 60); second >= 0) {
            return at(hour, minute, second);
        }
    }
    if (const int minute = next_bit(fields.minutes, from_minute + 1); minute >= 0) {
        return at(hour, minute, first);
    }
    const int later = next_bit(fields.hours, from_hour + 1);
    return later < 0 ? -1 : at(later, first_minute, first);
}

/// Second of the day, at or before `until`; -1: there is none.
int last_second(const CronFields& fields, int until) noexcept {
    const int last_minute = prev_bit(fields.minutes, 63);
    const int last = prev_bit(fields.seconds, 63);
    const int until_hour = until / 3600;
    const int until_minute = until / 60 % 60;
    const int hour = prev_bit(fields.hours, until_hour);
    if (hour < 0) return -1;
    if (hour < until_hour) return at(hour, last_minute, last);
    if (const int minute = prev_bit(fields.minutes, until_minute); minute == until_minute) {
        if (const int second = prev_bit(fields.seconds, until % 60); second >= 0) {
            return at(hour, minute, second);
        }
    }
    if (const int minute = prev_bit(fields.minutes, until_minute - 1); minute >= 0) {
        return at(hour, minute, last);
    }
    const int earlier = prev_bit(fields.hours, until_hour - 1);
    return earlier < 0 ? -1 : at(earlier, last_minute, last);
}

std::optional<local_days> first_day(const CronFields& fields, local_days from) {
    const std::chrono::year_month_day date{from};
    int day = static_cast<int>(static_cast<unsigned>(date.day()));
    int month = static_cast<int>(static_cast<unsigned>(date.month()));
    for (auto year = date.year(); year <= last_year; ++year, month = 1, day = 1) {
        for (int next = next_bit(fields.months, month); next >= 0;
             next = next_bit(fields.months, next + 1)) {
            const auto there = year / std::chrono::month{static_cast<unsigned>(next)};
            const int found = next_bit(matching_days(fields, there), next == month ? day : 1);
            if (found >= 0) return local_days{there / found};
        }
    }
    return std::nullopt;
}

std::optional<local_days> last_day(const CronFields& fields, local_days until) {
    const std::chrono::year_month_day date{until};
    int day = static_cast<int>(static_cast<unsigned>(date.day()));
    int month = static_cast<int>(static_cast<unsigned>(date.month()));
    for (auto year = date.year(); year >= first_year; --year, month = 12, day = 31) {
        for (int next = prev_bit(fields.months, month); next >= 0;
             next = prev_bit(fields.months, next - 1)) {
            const auto there = year / std::chrono::month{static_cast<unsigned>(next)};
            const int found = prev_bit(matching_days(fields, there), next == month ? day : 31);
            if (found >= 0) return local_days{there / found};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<local_seconds> first_match(const CronFields& fields, local_seconds from) {
    from = std::max(from, local_seconds{local_days{first_year / 1 / 1}});
    const auto today = std::chrono::floor<std::chrono::days>(from);
    const auto day = first_day(fields, today);
    if (!day) return std::nullopt;
    const int begin = *day == today ? static_cast<int>((from - today).count()) : 0;
    if (const int second = first_second(fields, begin); second >= 0) return *day + seconds{second};
    const auto later = first_day(fields, *day + std::chrono::days{1});
    if (!later) return std::nullopt;
    return *later + seconds{first_second(fields, 0)};
}

std::optional<local_seconds> last_match(const CronFields& fields, local_seconds until) {
    until = std::min(until, local_seconds{local_days{last_year / 12 / 31}});
    const auto today = std::chrono::floor<std::chrono::days>(until);
    const auto day = last_day(fields, today);
    if (!day) return std::nullopt;
    const int end = *day == today ? static_cast<int>((until - today).count()) : day_seconds - 1;
    if (const int second = last_second(fields, end); second >= 0) return *day + seconds{second};
    const auto earlier = last_day(fields, *day - std::chrono::days{1});
    if (!earlier) return std::nullopt;
    return *earlier + seconds{last_second(fields, day_seconds - 1)};
}

}  // namespace errand::core
