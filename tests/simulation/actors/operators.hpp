#pragma once

#include "simulation/actors/schedules.hpp"
#include "simulation/world.hpp"

#include <errand/store/store.hpp>

#include <string>

namespace errand::sim {

/// Those who say how queues are ordered, what is limited and what is paused: before a life begins
/// and while it goes on. And what jobs ask for so that this concerns them. Faults says which of it
/// a life has.
class Operators {
public:
    explicit Operators(World& world)
        : world_(world),
          schedule_users_(world),
          breaks_for_ever_(world.faults.active(Fault::poison)) {}

    /// What is so from the beginning.
    void begin(Store& store);
    /// Does a life have anything that change() could change?
    [[nodiscard]] bool are_there() const;
    /// One change, or a look. Throws what the store throws.
    void change(Store& store);
    /// No pause is left, and nothing that only time or luck would open.
    void resume_all(Store& store);
    /// No schedule makes jobs any more.
    void rest_schedules(Store& store) { schedule_users_.rest(store); }
    /// No limit is left.
    void lift_limits(Store& store);

    /// Gives the job a key, a weight and an expiry, as jobs of this life have them.
    void dress(NewJob& job);

private:
    [[nodiscard]] bool has(Fault kind) const { return world_.faults.active(kind); }
    [[nodiscard]] bool has_limits() const {
        return has(Fault::limits) || has(Fault::breakers) || has(Fault::windows);
    }
    [[nodiscard]] std::string some_queue();
    [[nodiscard]] std::string some_key();
    [[nodiscard]] Scope some_scope();
    [[nodiscard]] Rate some_rate(bool tight);
    [[nodiscard]] Limit some_limit();
    [[nodiscard]] TimeWindow some_window();
    [[nodiscard]] QueueSettings some_settings();
    void pause_for_a_while(Store& store);
    void reorder(Store& store);

    World& world_;
    ScheduleUsers schedule_users_;
    const bool breaks_for_ever_;  ///< there are jobs that fail whatever happens
};

}  // namespace errand::sim
