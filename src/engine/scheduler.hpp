#pragma once

#include "base/zone_database.hpp"
#include "core/schedule/due_ticks.hpp"
#include "engine/armed_schedules.hpp"
#include "engine/logger.hpp"
#include "engine/loop.hpp"
#include "engine/rehearsal_watch.hpp"

#include <errand/store/store.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace errand::engine {

/// Makes the jobs of schedules when their time has come: sleeps until exactly then by the store's
/// clock, or until somebody changes a schedule. Nobody leads: the loops of all processes fire what
/// is due, and the store lets each tick make its job once; who was late takes over what the winner
/// did. Calls keep a distance, so that of many schedules those that are due within it share one;
/// who is due alone is fired at once. A schedule that cannot be planned here, for one because this
/// machine does not know its time zone, is left to others.
class Scheduler final : public Loop {
public:
    struct Options {
        std::uint32_t page = 1'000;   ///< schedules that are read in one round
        std::uint32_t batch = 1'000;  ///< ticks and requests in one call
        /// Ticks of one schedule in one call, so that one with many to make up for does not keep
        /// the others waiting.
        std::uint32_t ticks_each = 100;
        /// From one call to the next, when the first left nothing due: a tick may fire that much
        /// later than it should if another one did just before.
        Duration distance = std::chrono::milliseconds{25};
        Duration sleep_at_most = std::chrono::seconds{60};
        /// How long a schedule that the store refuses to fire is left alone.
        Duration set_aside = std::chrono::seconds{60};
        std::function<JobId()> new_id = new_job_id;
    };
    /// `log` outlives it. `worker` is noted as the one who saw that a rehearsal succeeded.
    Scheduler(Store& store, const base::ZoneDatabase& zones, const Logger& log, std::string worker,
              Options options);

    [[nodiscard]] std::string_view name() const noexcept override { return "scheduler"; }
    NextRun run_once(Timestamp now) override;

private:
    /// What is to be fired, and what becomes of its schedule when that is recorded.
    struct Shot {
        ArmedSchedule* schedule;
        FireRequest request;
        std::optional<Timestamp> next_at;
    };

    /// Reads what changed. True: there may be more.
    bool load(Timestamp now);
    [[nodiscard]] bool must_load(std::uint32_t generation, Timestamp now) const;
    void take(const ScheduleView& view);
    /// True: there may be more that is due.
    bool fire_due();
    [[nodiscard]] std::vector<Shot> aim(Timestamp now);
    [[nodiscard]] FireRequest request_of(const ArmedSchedule& schedule, core::DueTicks due,
                                         Timestamp now) const;
    /// Whether the last call was so short ago that others are waited for.
    [[nodiscard]] bool keeps_distance(Timestamp now) const;
    void fire(std::vector<Shot>& shots);
    void fire_alone(const Shot& shot, const FireRequest& request);
    void note(const Shot& shot, const FireResult& result);
    [[nodiscard]] Duration sleep_length(Timestamp now);

    Store& store_;
    const base::ZoneDatabase& zones_;
    const Logger& log_;
    const Options options_;
    ArmedSchedules armed_;
    RehearsalWatch rehearsals_;
    std::uint64_t version_ = 0;                ///< of the newest change that was read
    std::optional<std::uint32_t> generation_;  ///< of WakeChannel::control, before the last reading
    bool load_again_ = false;            ///< something here is known to be older than the store
    std::optional<Timestamp> fired_at_;  ///< when nothing was left to fire then; store clock
    Timestamp loaded_at_{};              ///< engine clock
    Timestamp looked_at_{};              ///< at rehearsals; engine clock
};

}  // namespace errand::engine
