#include "core/schedule/calendar_file.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"
#include "core/schedule/dates.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace errand::core {
namespace {

using std::chrono::year_month_day;

struct Line {
    std::size_t number;
    std::string text;
};

/// The lines of a calendar. In iCalendar a line that begins with a space goes on with the one
/// before.
std::vector<Line> lines_of(std::string_view text, bool joins_folded) {
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool is_folded = line.starts_with(' ') || line.starts_with('\t');
        if (joins_folded && is_folded && !lines.empty()) {
            lines.back().text += line.substr(1);
        } else {
            lines.push_back({number, std::string{line}});
        }
    }
    return lines;
}

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

std::string upper(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return result;
}

/// Collects the ranges of VEVENTs, line by line.
class CalendarReader {
public:
    void read(std::string_view line) {
        const auto colon = line.find(':');
        if (colon == line.npos) return;
        const auto name = upper(line.substr(0, std::min(line.find(';'), colon)));
        const auto value = base::trim(line.substr(colon + 1));
        if (name == "BEGIN") return begin(upper(value));
        if (name == "END") return end(upper(value));
        if (inner_.empty() && in_event_) read_property(name, value);
    }

    void finish() const {
        if (in_event_ || !inner_.empty()) refuse("the file ends within an event; is it cut off?");
    }

    [[nodiscard]] std::vector<DateRange> take() && { return std::move(ranges_); }

private:
    void begin(const std::string& what) {
        if (what == "VEVENT" && !in_event_) {
            in_event_ = true;
            start_.reset();
            end_.reset();
        } else if (in_event_) {
            inner_.push_back(what);  // an alarm, whose times are its own
        }
    }

    void end(const std::string& what) {
        if (!inner_.empty()) {
            if (inner_.back() == what) inner_.pop_back();
        } else if (what == "VEVENT" && in_event_) {
            in_event_ = false;
            if (!start_) refuse("the event has no DTSTART");
            const auto last = std::max(*start_, end_.value_or(*start_));
            ranges_.push_back({year_month_day{*start_}, year_month_day{last}});
        }
    }

    void read_property(const std::string& name, std::string_view value) {
        if (name == "DTSTART") {
            start_ = day_of(value);
        } else if (name == "DTEND") {
            end_ = day_of(value);
            // A date, and midnight, belong to the day before.
            const auto time = value.substr(8);
            if (time.empty() || time.starts_with("T000000")) *end_ -= std::chrono::days{1};
        } else if (name == "RRULE" || name == "RDATE" || name == "DURATION") {
            refuse(
                fmt::format("{} is not read here; export the calendar with single events that "
                            "have a DTSTART and a DTEND",
                            name));
        }
    }

    /// "20261224", or with a time after it.
    static std::chrono::local_days day_of(std::string_view value) {
        const auto date = value.substr(0, 8);
        const bool has_form = date.size() == 8 && std::ranges::all_of(date, base::is_digit) &&
                              (value.size() == 8 || value[8] == 'T');
        if (!has_form) {
            refuse(fmt::format("{} is no date such as 20261224", base::quote_for_message(value)));
        }
        const auto text =
            fmt::format("{}-{}-{}", value.substr(0, 4), value.substr(4, 2), value.substr(6, 2));
        return std::chrono::local_days{parse_date(text)};
    }

    bool in_event_ = false;
    std::vector<std::string> inner_;  ///< components within the event that are open
    std::optional<std::chrono::local_days> start_;
    std::optional<std::chrono::local_days> end_;
    std::vector<DateRange> ranges_;
};

/// Calls `work` for each line and puts file and line before its complaints.
template <class Work>
void for_each_line(std::string_view text, bool joins_folded, std::string_view name, Work work) {
    for (const auto& line : lines_of(text, joins_folded)) {
        try {
            work(line.text);
        } catch (const Error& error) {
            throw Error(error.code(), fmt::format("{}:{}: {}", name, line.number, error.what()));
        }
    }
}

std::vector<DateRange> parse_icalendar(std::string_view text, std::string_view name) {
    CalendarReader reader;
    for_each_line(text, true, name, [&](std::string_view line) { reader.read(line); });
    try {
        reader.finish();
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", name, error.what()));
    }
    return std::move(reader).take();
}

std::vector<DateRange> parse_dates(std::string_view text, std::string_view name) {
    std::vector<DateRange> ranges;
    for_each_line(text, false, name, [&](std::string_view line) {
        const auto date = base::trim(line.substr(0, line.find('#')));
        if (!date.empty()) ranges.push_back(parse_date_range(date));
    });
    return ranges;
}

}  // namespace

std::vector<DateRange> parse_calendar(std::string_view text, std::string_view name) {
    if (text.size() > max_calendar_bytes) {
        refuse(fmt::format("{}: has {} bytes, at most {} are possible", name, text.size(),
                           max_calendar_bytes));
    }
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    const auto start = upper(base::trim(text.substr(0, 200)));
    const bool is_icalendar = start.starts_with("BEGIN:VCALENDAR");
    return merged(is_icalendar ? parse_icalendar(text, name) : parse_dates(text, name));
}

}  // namespace errand::core
