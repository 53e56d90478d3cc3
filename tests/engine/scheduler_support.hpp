#pragma once

#include "core/schedule/tick_job.hpp"
#include "engine/scheduler.hpp"
#include "engine/support.hpp"
#include "support/fault_store.hpp"
#include "support/manual_clock.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace errand::test {

/// Schedulers on this thread, over a memory store whose clock stands still.
class SchedulerTest : public testing::Test {
protected:
    using Scheduler = engine::Scheduler;

    [[nodiscard]] std::unique_ptr<Scheduler> make_scheduler(Scheduler::Options options = {}) {
        return std::make_unique<Scheduler>(*store, zones, log, "worker", std::move(options));
    }
    /// A schedule of jobs "job", armed now.
    void arm(const std::string& name, ScheduleSpec spec) {
        put(name, std::move(spec));
        store->set_schedule_state(name, ScheduleState::armed, "");
    }
    void put(const std::string& name, ScheduleSpec spec, const std::string& type = "job") {
        ScheduleDefinition definition{.name = name, .spec = std::move(spec), .job = job(type)};
        definition.job.id = {};
        store->put_schedule(definition, "");
    }
    /// Runs until it wants to wait: when it would run again.
    engine::NextRun run(Scheduler& scheduler) {
        for (int rounds = 0; rounds < 10'000; ++rounds) {
            const auto next = scheduler.run_once(clock.now());
            if (next.delay > Duration::zero()) return next;
        }
        ADD_FAILURE() << "the scheduler never rests";
        return {};
    }
    /// Moves the clock from one wanted moment to the next one, up to `length` from now.
    void run_for(Scheduler& scheduler, Duration length) {
        const auto until = clock.now() + length;
        while (true) {
            const auto next = run(scheduler);
            const auto left = until - clock.now();
            if (next.delay > left) {
                clock.advance(left);
                run(scheduler);
                return;
            }
            clock.advance(next.delay);
        }
    }
    /// The ticks of the schedule's jobs, in order.
    [[nodiscard]] std::vector<Timestamp> ticks_of(const std::string& name) {
        std::vector<Timestamp> ticks;
        std::string cursor;
        do {
            const auto page = client.list({}, 500, cursor);
            for (const auto& made : page.jobs) {
                const auto origin = core::tick_origin(made.meta);
                if (origin.schedule == name && origin.tick) ticks.push_back(*origin.tick);
            }
            cursor = page.next_cursor;
        } while (!cursor.empty());
        std::ranges::sort(ticks);
        return ticks;
    }
    /// `count` times, `distance` apart.
    [[nodiscard]] static std::vector<Timestamp> series(Timestamp first, Duration distance,
                                                       int count) {
        std::vector<Timestamp> times;
        for (int i = 0; i < count; ++i)
            times.push_back(first + distance * i);
        return times;
    }
    /// The reasons in the history, oldest first; empty where a job was made.
    [[nodiscard]] std::vector<std::string> reasons_of(const std::string& name) {
        std::vector<std::string> reasons;
        for (const auto& line : store->schedule_history(name, 0, 1'000))
            reasons.emplace_back(line.skipped ? to_string(*line.skipped) : "");
        std::ranges::reverse(reasons);
        return reasons;
    }

    ManualClock clock;
    const Timestamp start = clock.now();  ///< a midnight
    std::shared_ptr<FaultStore> store =
        std::make_shared<FaultStore>(open_store("memory:", {.limits = {}, .clock = &clock}));
    Client client{store};
    base::ZoneDatabase zones{"/nonexistent"};  ///< knows UTC alone
    std::vector<std::string> logged;
    engine::Logger log{[this](LogLevel, std::string_view line) { logged.emplace_back(line); }};
};

}  // namespace errand::test
