#include "simulation/oracle/hours.hpp"

#include <chrono>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// When the clocks of Berlin are put forward in the year of all lives, and back.
constexpr Timestamp berlin_forward = std::chrono::sys_days{std::chrono::year{2026} / 3 / 29} + 1h;
constexpr Timestamp berlin_back = std::chrono::sys_days{std::chrono::year{2026} / 10 / 25} + 1h;

bool has_day(const TimeWindow& window, std::chrono::sys_days day) {
    return (window.days >> (std::chrono::weekday{day}.iso_encoding() - 1) & 1) != 0;
}

}  // namespace

Timestamp shown_in(std::string_view zone, Timestamp time) {
    if (zone == "Asia/Tokyo") return time + 9h;
    const bool summer = berlin_forward <= time && time < berlin_back;
    if (zone == "Europe/Berlin") return time + (summer ? 2h : 1h);
    return time;
}

bool is_put_back_soon(std::string_view zone, Timestamp time) {
    return zone == "Europe/Berlin" && berlin_back - 24h < time && time < berlin_back + 24h;
}

bool is_inside(const TimeWindow& window, Timestamp time) {
    const auto shown = shown_in(window.timezone, time);
    const auto today = std::chrono::floor<std::chrono::days>(shown);
    const auto of_day = shown - today;
    if (window.begin < window.end) {
        return has_day(window, today) && window.begin <= of_day && of_day < window.end;
    }
    // It goes on after midnight, and belongs to the day on which it begins.
    if (of_day >= window.begin) return has_day(window, today);
    return of_day < window.end && has_day(window, today - std::chrono::days{1});
}

}  // namespace errand::sim
