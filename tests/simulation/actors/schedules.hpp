#pragma once

#include "simulation/world.hpp"

#include <errand/store/store.hpp>

#include <cstdint>
#include <string>

namespace errand::sim {

/// Those who declare schedules, rehearse and arm them, run them at once, backfill and pause them.
class ScheduleUsers {
public:
    explicit ScheduleUsers(World& world) : world_(world) {}

    [[nodiscard]] bool are_there() const { return world_.faults.active(Fault::schedules); }
    /// What is armed from the beginning.
    void begin(Store& store);
    /// One change. Throws what the store throws.
    void change(Store& store);
    /// No schedule makes jobs any more.
    void rest(Store& store);

private:
    [[nodiscard]] ScheduleDefinition some_definition(std::uint64_t number);
    [[nodiscard]] std::vector<DateRange> some_exclusions(const std::string& zone);
    void make_now(Store& store, const std::string& name, FireKind kind);
    void backfill(Store& store, const std::string& name);
    void fire(Store& store, const FireRequest& request);

    World& world_;
};

}  // namespace errand::sim
