#include "base/zone_rule.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace errand::base {

using namespace std::chrono_literals;

class ZoneRuleReader {
public:
    explicit ZoneRuleReader(std::string_view text) : text_(text), rest_(text) {}

    ZoneRule read() {
        ZoneRule rule;
        rule.standard_.abbreviation = read_name();
        rule.standard_.offset = -read_time(24);
        if (!rest_.empty()) rule.dst_ = read_dst(rule.standard_.offset);
        if (!rest_.empty()) refuse("something follows it");
        return rule;
    }

private:
    ZoneRule::Dst read_dst(std::chrono::seconds standard) {
        ZoneRule::Dst dst;
        dst.clock.abbreviation = read_name();
        dst.clock.offset = rest_.starts_with(',') ? standard + 1h : -read_time(24);
        expect(',');
        dst.start = read_day();
        expect(',');
        dst.end = read_day();
        return dst;
    }

    std::string read_name() {
        const bool is_quoted = rest_.starts_with('<');
        if (is_quoted) rest_.remove_prefix(1);
        const auto name = take_while(rest_, [is_quoted](char c) {
            const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            return is_letter || (is_quoted && (is_digit(c) || c == '+' || c == '-'));
        });
        if (is_quoted) expect('>');
        if (name.size() < 3 || name.size() > 16) refuse("a name has 3 to 16 characters");
        return std::string{name};
    }

    ZoneRule::Day read_day() {
        using Kind = ZoneRule::Day::Kind;
        ZoneRule::Day day;
        if (take('M')) {
            day.kind = Kind::weekday_of_month;
            day.month = static_cast<std::uint8_t>(read_number(1, 12));
            expect('.');
            day.week = static_cast<std::uint8_t>(read_number(1, 5));
            expect('.');
            day.day = static_cast<std::uint16_t>(read_number(0, 6));
        } else if (take('J')) {
            day.day = static_cast<std::uint16_t>(read_number(1, 365));
        } else {
            day.kind = Kind::zero_based;
            day.day = static_cast<std::uint16_t>(read_number(0, 365));
        }
        if (take('/')) day.time = read_time(167);
        return day;
    }

    std::chrono::seconds read_time(unsigned max_hours) {
        const bool is_negative = take('-');
        if (!is_negative) take('+');
        std::chrono::seconds time = std::chrono::hours{read_number(0, max_hours)};
        if (take(':')) {
            time += std::chrono::minutes{read_number(0, 59)};
            if (take(':')) time += std::chrono::seconds{read_number(0, 59)};
        }
        return is_negative ? -time : time;
    }

    unsigned read_number(unsigned least, unsigned most) {
        const auto digits = take_while(rest_, is_digit);
        const auto number = to_number(digits);
        if (!number || *number < least || *number > most) {
            refuse(fmt::format("{} is no number from {} to {}", quote_for_message(digits), least,
                               most));
        }
        return static_cast<unsigned>(*number);
    }

    bool take(char c) {
        const bool is_there = rest_.starts_with(c);
        if (is_there) rest_.remove_prefix(1);
        return is_there;
    }

    void expect(char c) {
        if (!take(c)) refuse(fmt::format("a {} is missing", c));
    }

    [[noreturn]] void refuse(std::string_view reason) const {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("time zone rule {}: {}", quote_for_message(text_), reason));
    }

    std::string_view text_;
    std::string_view rest_;
};

ZoneRule ZoneRule::parse(std::string_view text) {
    return ZoneRuleReader{text}.read();
}

std::chrono::local_seconds ZoneRule::Day::in(std::chrono::year year) const {
    using std::chrono::days;
    const auto first = std::chrono::local_days{year / std::chrono::January / 1};
    switch (kind) {
        case Kind::julian: {
            const bool is_after_leap_day = year.is_leap() && day >= 60;
            return first + days{day - 1 + (is_after_leap_day ? 1 : 0)} + time;
        }
        case Kind::zero_based:
            return first + days{day} + time;
        case Kind::weekday_of_month:
            break;
    }
    const auto weekday = std::chrono::weekday{day};
    const auto in_month = year / std::chrono::month{month};
    const auto date = week == 5 ? std::chrono::local_days{in_month / weekday[std::chrono::last]}
                                : std::chrono::local_days{in_month / weekday[week]};
    return date + time;
}

ZonePeriod ZoneRule::period_at(std::chrono::sys_seconds time) const {
    if (!dst_) return {zones_begin, zones_end, standard_.offset, false, standard_.abbreviation};

    time = std::clamp(time, zones_begin, zones_end - 1s);
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
    struct Change {
        std::chrono::sys_seconds at;
        const Clock* clock;
    };
    // Changes may lie a week outside their year; two years on either side hold those around `time`.
    std::array<Change, 10> changes;
    auto* next = changes.begin();
    for (auto year = date.year() - std::chrono::years{2};
         year <= date.year() + std::chrono::years{2}; ++year) {
        const auto start = dst_->start.in(year).time_since_epoch() - standard_.offset;
        const auto end = dst_->end.in(year).time_since_epoch() - dst_->clock.offset;
        *next++ = {std::chrono::sys_seconds{start}, &dst_->clock};
        *next++ = {std::chrono::sys_seconds{end}, &standard_};
    }
    // Stable: where an end falls on the next start, the start is the later one.
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.at < b.at; });
    const auto* after = std::upper_bound(
        changes.begin(), changes.end(), time,
        [](std::chrono::sys_seconds value, const Change& change) { return value < change.at; });
    const auto* current = std::prev(after);
    return {current->at, after->at, current->clock->offset, current->clock != &standard_,
            current->clock->abbreviation};
}

}  // namespace errand::base
