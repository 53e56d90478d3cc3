#include "core/schedule/dates.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::core {
namespace {

using std::chrono::year_month_day;

[[noreturn]] void refuse(std::string_view text, std::string_view reason) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("date {}: {}", base::quote_for_message(text), reason));
}

std::string text_of(year_month_day date) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::chrono::local_days day_after(year_month_day date) {
    return std::chrono::local_days{date} + std::chrono::days{1};
}

}  // namespace

year_month_day parse_date(std::string_view text) {
    const bool has_form = text.size() == 10 && text[4] == '-' && text[7] == '-';
    const auto year = has_form ? base::to_number(text.substr(0, 4)) : std::nullopt;
    const auto month = has_form ? base::to_number(text.substr(5, 2)) : std::nullopt;
    const auto day = has_form ? base::to_number(text.substr(8, 2)) : std::nullopt;
    if (!year || !month || !day) refuse(text, "write it like 2026-12-24");
    const year_month_day date{std::chrono::year{static_cast<int>(*year)},
                              std::chrono::month{static_cast<unsigned>(*month)},
                              std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) refuse(text, "there is no such day");
    if (*year < 1970) refuse(text, "must lie in the years 1970 to 9999");
    return date;
}

DateRange parse_date_range(std::string_view text) {
    const auto slash = text.find('/');
    const auto first = parse_date(text.substr(0, slash));
    if (slash == text.npos) return {first, first};
    const auto last = parse_date(text.substr(slash + 1));
    if (last < first) refuse(text, "ends before it begins; write the earlier date first");
    return {first, last};
}

std::string to_string(const DateRange& range) {
    const auto first = text_of(range.first);
    return range.first == range.last ? first : first + "/" + text_of(range.last);
}

std::vector<DateRange> merged(std::vector<DateRange> ranges) {
    std::ranges::sort(ranges, {}, &DateRange::first);
    std::vector<DateRange> result;
    for (const auto& range : ranges) {
        const bool touches = !result.empty() &&
                             std::chrono::local_days{range.first} <= day_after(result.back().last);
        if (touches) {
            result.back().last = std::max(result.back().last, range.last);
        } else {
            result.push_back(range);
        }
    }
    return result;
}

}  // namespace errand::core
