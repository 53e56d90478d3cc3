#include "core/cron/day_mask.hpp"

#include <bit>

namespace errand::core {
namespace {

using std::chrono::days;

constexpr std::uint32_t bit(unsigned n) noexcept {
    return n < 32 ? std::uint32_t{1} << n : 0;
}

/// One month's days and weekdays.
struct Month {
    explicit Month(std::chrono::year_month month)
        : last{static_cast<unsigned>((month / std::chrono::last).day())},
          first_weekday{std::chrono::weekday{std::chrono::sys_days{month / 1}}.c_encoding()} {}

    [[nodiscard]] std::uint32_t all() const noexcept { return bit(last) - 2 + bit(last); }
    [[nodiscard]] unsigned weekday(unsigned day) const noexcept {
        return (first_weekday + day - 1) % 7;
    }
    /// The first day with this weekday, 1 to 7.
    [[nodiscard]] unsigned first(unsigned wanted) const noexcept {
        return 1 + (wanted + 7 - first_weekday) % 7;
    }
    /// The day from Monday to Friday that is nearest to `day` without leaving the month.
    [[nodiscard]] unsigned nearest_weekday(unsigned day) const noexcept {
        constexpr unsigned sunday = 0, saturday = 6;
        if (weekday(day) == saturday) return day == 1 ? 3 : day - 1;
        if (weekday(day) == sunday) return day == last ? day - 2 : day + 1;
        return day;
    }

    unsigned last;
    unsigned first_weekday;
};

/// Calls `use` with every bit that is set.
template <class Use>
void for_each_bit(std::uint32_t bits, Use use) {
    for (; bits != 0; bits &= bits - 1)
        use(static_cast<unsigned>(std::countr_zero(bits)));
}

std::uint32_t days_by_date(const CronFields& fields, const Month& month) {
    auto days = fields.days & month.all();
    for_each_bit(fields.days_before_last, [&](unsigned n) {
        if (n < month.last) days |= bit(month.last - n);
    });
    for_each_bit(fields.nearest_weekdays, [&](unsigned n) {
        if (n <= month.last) days |= bit(month.nearest_weekday(n));
    });
    if (fields.last_weekday_of_month) days |= bit(month.nearest_weekday(month.last));
    return days;
}

std::uint32_t days_by_weekday(const CronFields& fields, const Month& month) {
    constexpr std::uint32_t every_seventh = 1U | 1U << 7 | 1U << 14 | 1U << 21 | 1U << 28;
    std::uint32_t days = 0;
    for_each_bit(fields.weekdays, [&](unsigned n) { days |= every_seventh << month.first(n); });
    for_each_bit(fields.last_of_weekdays, [&](unsigned n) {
        const auto first = month.first(n);
        days |= bit(first + (month.last - first) / 7 * 7);
    });
    for (unsigned place = 0; place < fields.nth_of_weekdays.size(); ++place) {
        for_each_bit(fields.nth_of_weekdays[place],
                     [&](unsigned n) { days |= bit(month.first(n) + 7 * place); });
    }
    return days & month.all();
}

}  // namespace

std::uint32_t matching_days(const CronFields& fields, std::chrono::year_month month) {
    const Month there{month};
    const auto by_date = days_by_date(fields, there);
    const auto by_weekday = days_by_weekday(fields, there);
    const bool one_is_enough = fields.stars.day == 0 && fields.stars.weekday == 0;
    return one_is_enough ? by_date | by_weekday : by_date & by_weekday;
}

bool has_any_day(const CronFields& fields) {
    for (auto year = std::chrono::year{2000}; year < std::chrono::year{2400}; ++year) {
        for (unsigned month = 1; month <= 12; ++month) {
            const bool is_wanted = (fields.months >> month & 1) != 0;
            if (is_wanted && matching_days(fields, year / std::chrono::month{month}) != 0) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace errand::core
