#pragma once

#include "core/schedule/plan.hpp"

#include <errand/store/schedules.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errand::engine {

/// A schedule that makes jobs, as far as this process knows.
struct ArmedSchedule {
    ScheduleDefinition definition;
    std::uint64_t revision = 0;
    core::SchedulePlan plan;
    Timestamp last_tick{};  ///< all ticks up to it are dealt with
    /// When there is something to do about it; none: never, for all that is known.
    std::optional<Timestamp> next_at{};
    std::uint64_t number = 0;  ///< order of arrival: who is first of those with the same time
};

/// All armed schedules in the order of their next fire time. References stay good until the
/// schedule is removed or replaced.
class ArmedSchedules {
public:
    /// In place of the one of the same name. It is due when its `next_at` says.
    void put(ArmedSchedule schedule);
    void remove(std::string_view name);
    /// Null: none of that name.
    [[nodiscard]] ArmedSchedule* find(std::string_view name);
    void set_next(ArmedSchedule& schedule, std::optional<Timestamp> at);

    /// The first fire time; none: nothing will ever fire.
    [[nodiscard]] std::optional<Timestamp> next_at() const;
    /// Those whose time has come, the earliest first, at most `max`.
    [[nodiscard]] std::vector<ArmedSchedule*> due(Timestamp now, std::size_t max) const;
    [[nodiscard]] std::size_t size() const noexcept { return by_name_.size(); }

private:
    using Place = std::pair<Timestamp, std::uint64_t>;

    std::map<std::string, ArmedSchedule, std::less<>> by_name_;
    std::map<Place, ArmedSchedule*> by_time_;
    std::uint64_t last_number_ = 0;
};

}  // namespace errand::engine
