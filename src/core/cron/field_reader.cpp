#include "core/cron/field_reader.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace errand::core {
namespace {

std::string upper(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return result;
}

}  // namespace

CronValues CronFieldReader::read(std::string_view text,
                                 const std::function<bool(std::string_view)>& special) const {
    CronValues values;
    if (text == "?") {
        if (!field_.may_be_question_mark) {
            refuse(text, "? is for the day and the weekday only; write *");
        }
        add(field_.least, field_.most, 1, values);
        values.star_step = 1;
        return values;
    }
    for (bool is_first = true;; is_first = false) {
        const auto comma = text.find(',');
        const auto item = text.substr(0, comma);
        if (item.empty()) refuse(item, "a value is missing between commas");
        if (!special(item)) read_item(item, is_first, values);
        if (comma == text.npos) return values;
        text.remove_prefix(comma + 1);
    }
}

void CronFieldReader::read_item(std::string_view item, bool is_first, CronValues& values) const {
    if (item.find('~') != item.npos || item == "H" || item.starts_with("H(")) {
        refuse(item,
               "chance is not known here; write values, and spread schedules by their jitter");
    }
    const auto slash = item.find('/');
    const bool has_step = slash != item.npos;
    const auto range = item.substr(0, slash);
    const auto width = has_step ? step(item.substr(slash + 1), item) : 1;
    if (range != "*") return add_range(range, width, has_step, item, values);

    add(field_.least, field_.most, width, values);
    if (is_first) values.star_step = static_cast<std::uint8_t>(width);
}

unsigned CronFieldReader::step(std::string_view text, std::string_view item) const {
    const auto width = base::to_number(text);
    if (!width) {
        refuse(item, fmt::format("the step {} is no number; write for example {}-{}/2",
                                 base::quote_for_message(text), field_.least, field_.most));
    }
    if (*width == 0) refuse(item, "a step of 0 never moves on; write 1 or more");
    if (*width > field_.size()) {
        refuse(item, fmt::format("the step {} is larger than the field, which has {} values; write "
                                 "a smaller one, or an interval such as @every 90m",
                                 *width, field_.size()));
    }
    return static_cast<unsigned>(*width);
}

void CronFieldReader::add_range(std::string_view range, unsigned step, bool has_step,
                                std::string_view item, CronValues& values) const {
    const auto dash = range.find('-');
    const auto first = value(range.substr(0, dash), item);
    if (dash == range.npos) {
        const bool is_sunday = is_weekday() && first == 7;
        const auto last = has_step && !is_sunday ? field_.most : first;
        return add(first, last, step, values);
    }
    auto last = value(range.substr(dash + 1), item);
    if (is_weekday() && last == 0 && first > 0) last = 7;  // SAT-SUN
    if (first > last) refuse_backwards(first, last, item);
    add(first, last, step, values);
}

void CronFieldReader::refuse_backwards(unsigned first, unsigned last, std::string_view item) const {
    const auto part = [](unsigned from, unsigned to) {
        return from == to ? fmt::format("{}", from) : fmt::format("{}-{}", from, to);
    };
    refuse(item, fmt::format("the range runs backwards; write {},{}", part(first, field_.most),
                             part(field_.least, last)));
}

void CronFieldReader::add(unsigned first, unsigned last, unsigned step, CronValues& values) const {
    for (auto n = first; n <= last; n += step)
        values.bits |= std::uint64_t{1} << (is_weekday() ? n % 7 : n);
}

unsigned CronFieldReader::value(std::string_view text, std::string_view item) const {
    if (text.empty()) {
        refuse(item, fmt::format("a value is missing; write {} to {}", field_.least, field_.most));
    }
    if (!base::is_digit(text.front())) return named_value(text, item);
    return number(text, item, field_.least, is_weekday() ? 7 : field_.most);
}

unsigned CronFieldReader::number(std::string_view text, std::string_view item, unsigned least,
                                 unsigned most) const {
    const auto found = base::to_number(text);
    if (!found || *found < least || *found > most) {
        refuse(item, fmt::format("{} is no number from {} to {}", base::quote_for_message(text),
                                 least, most));
    }
    return static_cast<unsigned>(*found);
}

unsigned CronFieldReader::named_value(std::string_view text, std::string_view item) const {
    if (text == "*") refuse(item, "* is a range of its own; write * or */n");
    const auto wanted = upper(text);
    const auto found = std::ranges::find(field_.names, wanted);
    if (found != field_.names.end()) {
        return field_.least + static_cast<unsigned>(found - field_.names.begin());
    }
    if (field_.names.empty()) {
        refuse(item, fmt::format("{} is no number from {} to {}", base::quote_for_message(text),
                                 field_.least, field_.most));
    }
    // A long form of a name is taken for that name: MONDAY, JULY.
    const auto by_start = std::ranges::find(field_.names, wanted.substr(0, 3));
    const auto near =
        by_start != field_.names.end() ? *by_start : base::nearest(wanted, field_.names);
    refuse(item, fmt::format("{} is no number from {} to {} and no name of a {}; {}",
                             base::quote_for_message(text), field_.least, field_.most, field_.name,
                             near.empty() ? fmt::format("names are {} to {}", field_.names.front(),
                                                        field_.names.back())
                                          : fmt::format("did you mean {}?", near)));
}

}  // namespace errand::core
