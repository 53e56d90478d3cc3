#include "core/time_window.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"
#include "base/zone_name.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

// Time windows as people write them: [DAYS] HH:MM-HH:MM [ZONE].

namespace errand {

namespace {

constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};
constexpr std::uint8_t every_day = 0x7F;
constexpr std::chrono::minutes day_length{24 * 60};

[[noreturn]] void refuse(std::string_view text, std::string_view remedy) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("window: {} {}", base::quote_for_message(text), remedy));
}

[[noreturn]] void refuse_form(std::string_view text) {
    refuse(text,
           "is not understood; use DAYS HH:MM-HH:MM ZONE, for example mon-fri 08:00-18:00 "
           "Europe/Berlin");
}

std::size_t read_day(std::string_view name, std::string_view whole) {
    const auto found = std::ranges::find(day_names, name);
    if (found == day_names.end()) refuse_form(whole);
    return static_cast<std::size_t>(found - day_names.begin());
}

/// "mon-wed,sat", "fri-mon"
std::uint8_t read_days(std::string_view text, std::string_view whole) {
    std::uint8_t days = 0;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto part = text.substr(0, comma);
        more = comma != text.npos;
        if (more) text.remove_prefix(comma + 1);
        const auto dash = part.find('-');
        auto day = read_day(part.substr(0, dash), whole);
        const auto last = dash == part.npos ? day : read_day(part.substr(dash + 1), whole);
        days |= static_cast<std::uint8_t>(1U << day);
        while (day != last) {
            day = (day + 1) % day_names.size();
            days |= static_cast<std::uint8_t>(1U << day);
        }
    }
    return days;
}

/// "08:00", up to "24:00"
std::chrono::minutes read_time(std::string_view text, std::string_view whole) {
    const auto digits = [&](std::size_t at) {
        const auto number = base::to_number(text.substr(at, 2));
        if (!number) refuse_form(whole);
        return static_cast<int>(*number);
    };
    if (text.size() != 5 || text[2] != ':') refuse_form(whole);
    const int hours = digits(0);
    const int minutes = digits(3);
    if (hours > 24 || minutes > 59 || (hours == 24 && minutes != 0)) {
        refuse(whole, "is out of range: times lie between 00:00 and 24:00");
    }
    return std::chrono::minutes{hours * 60 + minutes};
}

std::string time_text(std::chrono::minutes time) {
    return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

/// Runs of three and more days as ranges.
std::string days_text(std::uint8_t days) {
    std::string text;
    for (std::size_t day = 0; day < day_names.size(); ++day) {
        if ((days >> day & 1) == 0) continue;
        auto last = day;
        while (last + 1 < day_names.size() && (days >> (last + 1) & 1) != 0)
            ++last;
        if (last - day < 2) last = day;
        if (!text.empty()) text += ',';
        text += day_names.at(day);
        if (last != day) text.append("-").append(day_names.at(last));
        day = last;
    }
    return text;
}

}  // namespace

TimeWindow TimeWindow::parse(std::string_view text) {
    const auto is_no_space = [](char c) { return c != ' '; };
    TimeWindow window;
    auto rest = base::trim(text);
    auto word = base::take_while(rest, is_no_space);
    if (!word.empty() && !base::is_digit(word.front())) {
        window.days = read_days(word, text);
        rest = base::trim(rest);
        word = base::take_while(rest, is_no_space);
    }
    const auto dash = word.find('-');
    if (dash == word.npos) refuse_form(text);
    window.begin = read_time(word.substr(0, dash), text);
    window.end = read_time(word.substr(dash + 1), text);
    rest = base::trim(rest);
    if (!rest.empty()) window.timezone = rest;
    core::validate(window);
    return window;
}

std::string to_string(const TimeWindow& window) {
    auto text = window.days == every_day ? std::string{} : days_text(window.days) + " ";
    text += fmt::format("{}-{}", time_text(window.begin), time_text(window.end));
    if (window.timezone != "UTC") text += " " + window.timezone;
    return text;
}

}  // namespace errand

namespace errand::core {

void validate(const TimeWindow& window) {
    if (window.days == 0 || window.days > every_day) {
        refuse(std::to_string(window.days), "names no days; set at least one of the bits 0 to 6");
    }
    if (window.begin < std::chrono::minutes{0} || window.begin >= day_length ||
        window.end < std::chrono::minutes{0} || window.end > day_length) {
        refuse(to_string(window),
               "is out of range: it begins between 00:00 and 23:59 and ends by 24:00");
    }
    base::check_zone_name(window.timezone);
}

}  // namespace errand::core
