#include "cli/tick_table.hpp"

#include "cli/table.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>

namespace errand::cli {
namespace {

std::string date_and_time(std::chrono::local_seconds time) {
    auto text = format_timestamp(Timestamp{time.time_since_epoch()}).substr(0, 19);
    text[10] = ' ';
    return text;
}

/// "Sun 2026-03-29 03:00:00 CEST"
std::string local_text(const UpcomingTick& tick) {
    constexpr std::array<const char*, 7> names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const auto fires = std::chrono::floor<std::chrono::seconds>(tick.fire_at);
    const std::chrono::local_seconds local{fires.time_since_epoch() + tick.utc_offset};
    const std::chrono::weekday weekday{std::chrono::floor<std::chrono::days>(local)};
    return fmt::format("{} {} {}", names[weekday.c_encoding()], date_and_time(local),
                       tick.abbreviation);
}

std::string note_of(const UpcomingTick& tick) {
    const auto named = date_and_time(tick.named).substr(11);
    switch (tick.mark) {
        case TickMark::none:
            break;
        case TickMark::moved:
            return named + " does not exist on that day: fires right after the gap";
        case TickMark::first_of_two:
            return named + " comes twice on that day: this is the first";
        case TickMark::second_of_two:
            return named + " comes twice on that day: this is the second";
        case TickMark::left_out:
            return named + " does not exist on that day: does not fire";
        case TickMark::excluded:
            return "excluded: does not fire";
    }
    const auto jitter = tick.fire_at - tick.tick;
    return jitter == Duration::zero() ? "" : "jitter " + format_duration(jitter);
}

}  // namespace

std::string utc_text(Timestamp time) {
    const auto text = format_timestamp(time);
    const auto second = text.substr(0, 19);
    auto fraction = text.substr(19, 7);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return fraction == "." ? second + "Z" : second + fraction + "Z";
}

std::string distance_text(Duration distance) {
    return distance < Duration::zero() ? human_age(-distance) + " ago"
                                       : "in " + human_age(distance);
}

void print_tick_table(const std::vector<UpcomingTick>& ticks, Timestamp now) {
    Table table{{{"LOCAL"}, {"UTC"}, {"DUE", true}, {"NOTE"}}};
    for (const auto& tick : ticks) {
        const auto colour = tick.fires() ? Colour::none : Colour::dim;
        table.add_row({{local_text(tick), colour},
                       {utc_text(tick.fire_at), colour},
                       {tick.fires() ? distance_text(tick.fire_at - now) : "-", colour},
                       {note_of(tick), Colour::yellow}});
    }
    table.print();
}

std::string fire_times_json(const std::vector<UpcomingTick>& ticks) {
    boost::json::array times;
    for (const auto& tick : ticks) {
        if (tick.fires()) times.emplace_back(utc_text(tick.fire_at));
    }
    return boost::json::serialize(times);
}

}  // namespace errand::cli
