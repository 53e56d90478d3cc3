#pragma once

#include "conformance/suite/fixture.hpp"

#include <errand/store/schedules.hpp>

#include <string_view>
#include <vector>

namespace errand::test {

/// What tests do with the schedules of a store.
class ScheduleDesk {
public:
    ScheduleDesk(Store& store, ManualClock& clock) : store_(store), clock_(clock) {}

    /// A schedule with a tick every minute, whose jobs StoreContract::claim() finds.
    [[nodiscard]] static ScheduleDefinition every_minute(std::string_view name = "s");
    /// The same, which requires a rehearsal.
    [[nodiscard]] static ScheduleDefinition to_rehearse();

    void put(const ScheduleDefinition& definition,
             ScheduleChange expected = ScheduleChange::created);
    void set(ScheduleState state, std::string_view name = "s");
    /// Declares and arms it.
    void add_armed(const ScheduleDefinition& definition);
    void add_armed(std::string_view name = "s") { add_armed(every_minute(name)); }

    /// The schedule; fails the test when it is not there.
    [[nodiscard]] ScheduleView view(std::string_view name = "s");
    [[nodiscard]] ScheduleState state() { return view().state; }
    [[nodiscard]] std::vector<std::string> names_after(std::uint64_t version,
                                                       std::uint32_t max = 100);
    /// Newest first.
    [[nodiscard]] std::vector<FireRecord> history(std::string_view name = "s");

    /// A request of `kind` for these ticks, decided from the schedule as it stands; after it all
    /// ticks up to now are dealt with.
    [[nodiscard]] FireRequest request(FireKind kind, const std::vector<Timestamp>& ticks,
                                      std::string_view name = "s");
    FireResult fire(const FireRequest& request) { return store_.fire({&request, 1}).at(0); }
    /// Makes a job of a tick at this moment, and expects that nothing keeps it from it.
    JobId fire_now(FireKind kind, std::string_view name = "s");
    /// A tick one minute later; the jobs that it made.
    std::vector<JobId> next_tick(std::string_view name = "s");

private:
    Store& store_;
    ManualClock& clock_;
};

}  // namespace errand::test

namespace errand {

// For GoogleTest's messages.
void PrintTo(ScheduleState state, std::ostream* out);
void PrintTo(ScheduleChange change, std::ostream* out);
void PrintTo(FireResult::Kind kind, std::ostream* out);

}  // namespace errand
