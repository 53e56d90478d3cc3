#include <errand/cron.hpp>
#include <errand/error.hpp>

#include "base/scan.hpp"
#include "base/text.hpp"
#include "core/cron/day_mask.hpp"
#include "core/cron/field_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace errand {
namespace {

using core::CronFieldReader;
using core::CronRefusal;
namespace shape = core::cron_fields;

constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\t';
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        base::take_while(text, is_space);
        if (text.empty()) return parts;
        parts.push_back(base::take_while(text, [](char c) { return !is_space(c); }));
    }
}

bool is_letter(char c, char capital) noexcept {
    return c == capital || c == capital - 'A' + 'a';
}

/// L, L-3, LW, 15W.
bool read_special_day(const CronFieldReader& reader, std::string_view item, CronFields& fields) {
    if (is_letter(item.front(), 'L')) {
        if (item.size() == 1) {
            fields.days_before_last |= 1;
        } else if (item.size() == 2 && is_letter(item[1], 'W')) {
            fields.last_weekday_of_month = true;
        } else if (item[1] == '-') {
            fields.days_before_last |= 1U << reader.number(item.substr(2), item, 0, 30);
        } else {
            reader.refuse(item, "with L there are L, L-3 and LW");
        }
        return true;
    }
    if (!is_letter(item.back(), 'W')) return false;
    const auto day = item.substr(0, item.size() - 1);
    fields.nearest_weekdays |= 1U << reader.number(day, item, 1, 31);
    return true;
}

/// 5L, FRIL, 5#2.
bool read_special_weekday(const CronFieldReader& reader, std::string_view item,
                          CronFields& fields) {
    if (const auto hash = item.find('#'); hash != item.npos) {
        const auto weekday = reader.value(item.substr(0, hash), item) % 7;
        const auto place = reader.number(item.substr(hash + 1), item, 1, 5);
        fields.nth_of_weekdays[place - 1] |= static_cast<std::uint8_t>(1U << weekday);
        return true;
    }
    if (!is_letter(item.back(), 'L')) return false;
    if (item.size() == 1) {
        reader.refuse(item, "L needs a weekday here; write 5L for the last Friday, 6 for Saturday");
    }
    const auto weekday = reader.value(item.substr(0, item.size() - 1), item) % 7;
    fields.last_of_weekdays |= static_cast<std::uint8_t>(1U << weekday);
    return true;
}

/// What `*` holds already needs no special day beside it.
void drop_needless(CronFields& fields) {
    constexpr std::uint32_t all_days = 0xFFFFFFFE;
    constexpr std::uint8_t all_weekdays = 0x7F;
    if (fields.days == all_days) {
        fields.days_before_last = 0;
        fields.nearest_weekdays = 0;
        fields.last_weekday_of_month = false;
    }
    if (fields.weekdays == all_weekdays) {
        fields.last_of_weekdays = 0;
        fields.nth_of_weekdays = {};
    }
}

/// `parts` are five or six.
CronFields read_fields(const std::vector<std::string_view>& parts, const CronRefusal& refusal) {
    const auto plain = [](std::string_view) { return false; };
    const auto read = [&](const core::CronField& field, std::string_view text, auto& bits,
                          std::uint8_t& star, auto special) {
        const CronFieldReader reader{field, refusal};
        const auto values = reader.read(text, special(reader));
        bits = static_cast<std::remove_reference_t<decltype(bits)>>(values.bits);
        star = values.star_step;
    };
    const auto no_special = [&](const CronFieldReader&) { return plain; };
    CronFields fields;
    const auto with = [&fields](auto take) {
        return [&fields, take](const CronFieldReader& reader) {
            return [&fields, &reader, take](std::string_view item) {
                return take(reader, item, fields);
            };
        };
    };
    auto part = parts.begin();
    if (parts.size() == 6) {
        read(shape::second, *part++, fields.seconds, fields.stars.second, no_special);
    }
    read(shape::minute, *part++, fields.minutes, fields.stars.minute, no_special);
    read(shape::hour, *part++, fields.hours, fields.stars.hour, no_special);
    read(shape::day, *part++, fields.days, fields.stars.day, with(read_special_day));
    read(shape::month, *part++, fields.months, fields.stars.month, no_special);
    read(shape::weekday, *part, fields.weekdays, fields.stars.weekday, with(read_special_weekday));
    drop_needless(fields);
    return fields;
}

struct Macro {
    std::string_view name;
    std::string_view expression;
};
constexpr std::array<Macro, 7> macros{{{"@yearly", "0 0 1 1 *"},
                                       {"@annually", "0 0 1 1 *"},
                                       {"@monthly", "0 0 1 * *"},
                                       {"@weekly", "0 0 * * 0"},
                                       {"@daily", "0 0 * * *"},
                                       {"@midnight", "0 0 * * *"},
                                       {"@hourly", "0 * * * *"}}};

std::string lower(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::string_view meaning_of_macro(std::string_view text, const CronRefusal& refusal) {
    const auto wanted = lower(text);
    const auto found = std::ranges::find(macros, wanted, &Macro::name);
    if (found != macros.end()) return found->expression;
    if (wanted == "@reboot") {
        refusal.refuse(
            "@reboot is not known: a schedule lives in its store and not in a process; "
            "let the program enqueue a job when it starts");
    }
    if (wanted.starts_with("@every")) {
        refusal.refuse("@every is an interval and no expression; write for example @every 90s");
    }
    std::vector<std::string_view> names{"@every"};
    for (const auto& macro : macros)
        names.push_back(macro.name);
    const auto near = base::nearest(wanted, names);
    refusal.refuse(fmt::format("{} is unknown; {}", base::quote_for_message(text),
                               near.empty() ? fmt::format("known are {}", fmt::join(names, ", "))
                                            : fmt::format("did you mean {}?", near)));
}

[[noreturn]] void refuse_count(std::size_t count, const CronRefusal& refusal) {
    if (count == 7) {
        refusal.refuse(
            "has 7 fields; there is no year field: leave it out and give the schedule a "
            "start and an end");
    }
    refusal.refuse(
        fmt::format("has {} field{}; write five (minute hour day month weekday), or six "
                    "with the second first",
                    count, count == 1 ? "" : "s"));
}

CronFields read_expression(std::string_view text, const CronRefusal& refusal) {
    if (text.empty()) refusal.refuse("is empty; write for example 30 2 * * MON-FRI");
    if (text.size() > CronExpression::max_bytes) {
        refusal.refuse(fmt::format("has {} bytes, at most {} are possible", text.size(),
                                   CronExpression::max_bytes));
    }
    if (text.starts_with("CRON_TZ=") || text.starts_with("TZ=")) {
        refusal.refuse("names a time zone; give the zone on its own");
    }
    if (text.starts_with('@')) {
        const auto meaning = meaning_of_macro(text, refusal);
        return read_fields(split(meaning), refusal);
    }
    const auto parts = split(text);
    if (parts.size() != 5 && parts.size() != 6) refuse_count(parts.size(), refusal);
    const auto fields = read_fields(parts, refusal);
    if (!core::has_any_day(fields)) {
        refusal.refuse(
            "never fits: none of the months has such a day; change the day or the month");
    }
    return fields;
}

/// Takes "CRON_TZ=Area/City " off the front of `text`.
std::string take_timezone(std::string_view& text, const CronRefusal& refusal) {
    for (const std::string_view word : {"CRON_TZ=", "TZ="}) {
        if (!text.starts_with(word)) continue;
        text.remove_prefix(word.size());
        const auto name = base::take_while(text, [](char c) { return !is_space(c); });
        if (name.empty()) {
            refusal.refuse(
                fmt::format("no zone follows {}; write for example {}Europe/Berlin 0 2 "
                            "* * *",
                            word, word));
        }
        text = base::trim(text);
        return std::string{name};
    }
    return {};
}

Duration read_interval(std::string_view text, const CronRefusal& refusal) {
    const auto length = base::trim(text.substr(std::string_view{"@every"}.size()));
    try {
        return parse_duration(length);
    } catch (const Error& error) {
        refusal.refuse(error.what());
    }
}

}  // namespace

CronExpression CronExpression::parse(std::string_view text) {
    const CronRefusal refusal{text};
    return CronExpression{read_expression(base::trim(text), refusal)};
}

CronLine parse_cron_line(std::string_view text) {
    const CronRefusal refusal{text};
    auto rest = base::trim(text);
    auto timezone = take_timezone(rest, refusal);
    constexpr std::size_t every_size = 6;
    const bool is_interval = lower(rest.substr(0, every_size)) == "@every" &&
                             (rest.size() == every_size || is_space(rest[every_size]));
    if (is_interval) return {read_interval(rest, refusal), std::move(timezone)};
    return {CronExpression::parse(rest), std::move(timezone)};
}

}  // namespace errand
