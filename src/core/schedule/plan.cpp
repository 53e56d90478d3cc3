#include "core/schedule/plan.hpp"

#include "core/schedule/validate.hpp"

#include <errand/limits.hpp>

#include <algorithm>
#include <cstdint>

namespace errand::core {
namespace {

ScheduleSpec validated(ScheduleSpec spec) {
    validate(spec);
    return spec;
}

/// FNV-1a over name and tick, its bits mixed by the finalizer of SplitMix64. Stored schedules rely
/// on it: another function would move their ticks.
std::uint64_t hash_of(std::string_view name, Timestamp tick) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325;
    const auto add = [&hash](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001B3; };
    for (const char byte : name)
        add(static_cast<std::uint8_t>(byte));
    const auto time = static_cast<std::uint64_t>(tick.time_since_epoch().count());
    for (int shift = 0; shift < 64; shift += 8)
        add(static_cast<std::uint8_t>(time >> shift));
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EB;
    return hash ^ hash >> 31;
}

/// How many whole lengths lie between the anchor and `time`, rounded down.
std::int64_t lengths_until(Timestamp anchor, Timestamp time, Duration length) noexcept {
    const auto distance = (time - anchor).count();
    const auto whole = distance / length.count();
    return distance % length.count() < 0 ? whole - 1 : whole;
}

}  // namespace

SchedulePlan::SchedulePlan(std::string name, ScheduleSpec spec,
                           std::shared_ptr<const base::TimeZone> zone)
    : name_(std::move(name)),
      spec_(validated(std::move(spec))),
      zone_(std::move(zone)),
      exclusions_(spec_.exclusions, zone_),
      start_(spec_.start.value_or(min_timestamp)),
      end_(spec_.end.value_or(max_timestamp)) {
    if (const auto* expression = std::get_if<CronExpression>(&spec_.timing)) {
        cron_.emplace(*expression, zone_, spec_.dst);
    }
}

std::optional<Timestamp> SchedulePlan::next_of_timing(Timestamp after) const {
    if (cron_) return cron_->next(after);
    if (const auto* once = std::get_if<OneTime>(&spec_.timing)) {
        return once->at > after ? std::optional{once->at} : std::nullopt;
    }
    const auto length = std::get<Interval>(spec_.timing).length;
    return start_ + (lengths_until(start_, after, length) + 1) * length;
}

std::optional<Timestamp> SchedulePlan::prev_of_timing(Timestamp before) const {
    if (cron_) return cron_->prev(before);
    if (const auto* once = std::get_if<OneTime>(&spec_.timing)) {
        return once->at < before ? std::optional{once->at} : std::nullopt;
    }
    const auto length = std::get<Interval>(spec_.timing).length;
    return start_ + lengths_until(start_, before - Duration{1}, length) * length;
}

std::optional<Timestamp> SchedulePlan::next(Timestamp after) const {
    if (after >= end_) return std::nullopt;
    const auto tick = next_of_timing(std::max(after, start_ - Duration{1}));
    return tick && *tick <= end_ ? tick : std::nullopt;
}

std::optional<Timestamp> SchedulePlan::prev(Timestamp before) const {
    if (before <= start_) return std::nullopt;
    const auto tick = prev_of_timing(std::min(before, end_ + Duration{1}));
    return tick && *tick >= start_ ? tick : std::nullopt;
}

std::optional<Timestamp> SchedulePlan::newest_due(Timestamp now) const {
    const auto tick = prev(std::min(now, max_timestamp) + Duration{1});
    if (!tick || fire_at(*tick) <= now) return tick;
    return prev(*tick);  // which fires before the next tick
}

Timestamp SchedulePlan::fire_at(Timestamp tick) const {
    if (spec_.jitter == Duration::zero()) return tick;
    using std::chrono::milliseconds;
    auto most = std::chrono::floor<milliseconds>(spec_.jitter);
    if (const auto following = next(tick)) {
        most = std::min(most, std::chrono::floor<milliseconds>(*following - tick - Duration{1}));
    }
    const auto offset = hash_of(name_, tick) % (static_cast<std::uint64_t>(most.count()) + 1);
    return std::min(tick + milliseconds{static_cast<std::int64_t>(offset)}, max_timestamp);
}

}  // namespace errand::core
