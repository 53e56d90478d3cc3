#include "engine/scheduler_support.hpp"

#include "engine/engine.hpp"

#include <gmock/gmock.h>

#include <mutex>
#include <set>

namespace errand::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(SchedulerTest, SleepsExactlyUntilTheNextTickAndFiresItOnce) {
    arm("minutely", {.timing = Interval{1min}});
    const auto scheduler = make_scheduler();
    clock.advance(20s);
    const auto next = run(*scheduler);
    EXPECT_EQ(next.delay, 40s);
    EXPECT_EQ(next.channel, WakeChannel::control);
    clock.advance(40s - 1us);
    EXPECT_EQ(run(*scheduler).delay, 1us);
    EXPECT_THAT(ticks_of("minutely"), IsEmpty());
    clock.advance(1us);
    // The next reading of changes comes before the next tick.
    EXPECT_EQ(run(*scheduler).delay, 20s);
    EXPECT_THAT(ticks_of("minutely"), ElementsAre(start + 1min));
    run(*scheduler);
    EXPECT_THAT(ticks_of("minutely"), SizeIs(1));
}

TEST_F(SchedulerTest, ALongWaitIsBrokenByAMinuteAndByAChange) {
    arm("daily", {.timing = CronExpression::parse("0 12 * * *")});
    const auto scheduler = make_scheduler();
    const auto next = run(*scheduler);
    EXPECT_EQ(next.delay, 1min);
    EXPECT_EQ(next.seen, store->generation(WakeChannel::control));
    arm("soon", {.timing = OneTime{clock.now() + 5s}});
    EXPECT_NE(next.seen, store->generation(WakeChannel::control));
    EXPECT_EQ(run(*scheduler).delay, 5s);
}

TEST_F(SchedulerTest, AChangeThatNobodyToldOfIsReadWithinAMinute) {
    store->deaf = true;
    const auto scheduler = make_scheduler();
    run(*scheduler);
    arm("soon", {.timing = OneTime{clock.now() + 30s}});
    EXPECT_EQ(run(*scheduler).delay, 1min);
    clock.advance(1min);
    run(*scheduler);
    EXPECT_THAT(ticks_of("soon"), ElementsAre(start + 30s));
}

TEST_F(SchedulerTest, TwoEnginesMakeOneJobPerTick) {
    arm("minutely", {.timing = Interval{1min}});
    const auto first = make_scheduler();
    const auto second = make_scheduler();
    run(*first);
    run(*second);
    for (int i = 1; i <= 10; ++i) {
        clock.advance(1min);
        run(i % 2 == 0 ? *first : *second);
        run(i % 2 == 0 ? *second : *first);
    }
    EXPECT_THAT(ticks_of("minutely"), series(start + 1min, 1min, 10));
    EXPECT_THAT(store->schedule_history("minutely", 0, 100), SizeIs(10));
}

TEST_F(SchedulerTest, WhoLosesARaceTakesOverWhatTheWinnerDid) {
    arm("s", {.timing = Interval{20s}});
    const auto winner = make_scheduler();
    const auto loser = make_scheduler();
    run(*winner);
    run(*loser);
    clock.advance(20s);
    run(*winner);
    const int readings = store->on_schedules.calls;
    EXPECT_EQ(run(*loser).delay, 20s);
    EXPECT_EQ(store->on_schedules.calls, readings);
    EXPECT_THAT(ticks_of("s"), SizeIs(1));
}

TEST_F(SchedulerTest, JobsTellTheirTickAndExpire) {
    ScheduleDefinition definition{
        .name = "nightly", .spec = {.timing = OneTime{start + 1h}}, .job = job("report")};
    definition.job.id = {};
    definition.job.queue = "slow";
    definition.job.args = "[7]";
    definition.expires_in = 2h;
    store->put_schedule(definition, "");
    store->set_schedule_state("nightly", ScheduleState::armed, "");
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 1h);
    const auto jobs = client.list({}).jobs;
    ASSERT_THAT(jobs, SizeIs(1));
    EXPECT_EQ(jobs[0].type, "report");
    EXPECT_EQ(jobs[0].queue, "slow");
    EXPECT_EQ(jobs[0].args, "[7]");
    EXPECT_EQ(jobs[0].expires_at, start + 3h);
    EXPECT_EQ(jobs[0].id, store->find_schedule("nightly")->last_job);
}

TEST_F(SchedulerTest, JitterIsWaitedFor) {
    arm("hourly", {.timing = Interval{1h}, .jitter = 30min});
    // The tick at `start` passed before it was armed.
    const auto spec = store->find_schedule("hourly")->definition.spec;
    const auto fire_at = upcoming(spec, start + 30min, 1, "hourly")[0].fire_at;
    ASSERT_GT(fire_at, start + 1h);
    const auto scheduler = make_scheduler();
    run_for(*scheduler, fire_at - start - 1us);
    EXPECT_THAT(ticks_of("hourly"), IsEmpty());
    run_for(*scheduler, 1us);
    EXPECT_THAT(ticks_of("hourly"), ElementsAre(start + 1h));
}

TEST_F(SchedulerTest, AfterADowntimeTheMisfirePolicyDecides) {
    const auto minutely = [](MisfirePolicy misfire) {
        return ScheduleSpec{.timing = Interval{1min}, .misfire = misfire, .catchup_window = 5min};
    };
    arm("skip", minutely(MisfirePolicy::skip));
    arm("latest", minutely(MisfirePolicy::latest));
    arm("all", minutely(MisfirePolicy::all));
    clock.advance(10min + 30s);
    const auto scheduler = make_scheduler();
    run(*scheduler);
    // The tick at 10 minutes is only half a minute late: it has not been missed.
    EXPECT_THAT(ticks_of("skip"), ElementsAre(start + 10min));
    EXPECT_THAT(reasons_of("skip"), ElementsAre("missed", ""));
    EXPECT_THAT(ticks_of("latest"), ElementsAre(start + 10min));
    EXPECT_THAT(reasons_of("latest"), ElementsAre("superseded", ""));
    EXPECT_THAT(ticks_of("all"), series(start + 6min, 1min, 5));
    EXPECT_THAT(reasons_of("all"), ElementsAre("too_late", "", "", "", "", ""));
    EXPECT_EQ(run(*scheduler).delay, 30s);
}

TEST_F(SchedulerTest, WhoHasManyTicksToMakeUpForDoesNotKeepOthersWaiting) {
    arm("many", {.timing = Interval{1s}, .misfire = MisfirePolicy::all});
    arm("one", {.timing = OneTime{start + 10min}});
    clock.advance(10min);
    const auto scheduler = make_scheduler({.batch = 50, .ticks_each = 20});
    for (int rounds = 0; rounds < 4; ++rounds)
        static_cast<void>(scheduler->run_once(clock.now()));
    EXPECT_THAT(ticks_of("one"), SizeIs(1));
    EXPECT_LT(ticks_of("many").size(), 100U);
    std::size_t largest = 0;
    store->before_fire = [&](std::span<const FireRequest> requests) {
        for (const auto& request : requests)
            largest = std::max(largest, request.ticks.size());
    };
    run(*scheduler);
    EXPECT_THAT(ticks_of("many"), series(start + 1s, 1s, 600));
    EXPECT_EQ(largest, 20U);
}

TEST_F(SchedulerTest, ACallHoldsNoMoreThanABatch) {
    for (int i = 0; i < 25; ++i)
        arm("s" + std::to_string(i), {.timing = OneTime{start + 1min}});
    std::vector<std::size_t> calls;
    store->before_fire = [&](std::span<const FireRequest> requests) {
        calls.push_back(requests.size());
    };
    const auto scheduler = make_scheduler({.page = 4, .batch = 10});
    clock.advance(1min);
    run(*scheduler);
    EXPECT_EQ(client.list({}, 100).jobs.size(), 25U);
    EXPECT_THAT(calls, testing::Each(testing::Le(10U)));
}

TEST_F(SchedulerTest, TicksCloseToEachOtherShareACallAndALoneOneIsInTime) {
    for (const Duration after : {0ms, 1ms, 10ms, 20ms, 500ms})
        arm("s" + format_duration(after), {.timing = OneTime{start + 1min + after}});
    std::vector<std::pair<Duration, std::size_t>> calls;
    store->before_fire = [&](std::span<const FireRequest> requests) {
        calls.emplace_back(clock.now() - start - 1min, requests.size());
    };
    const auto scheduler = make_scheduler({.distance = 20ms});
    run_for(*scheduler, 2min);
    using Call = std::pair<Duration, std::size_t>;
    EXPECT_THAT(calls, ElementsAre(Call{0ms, 1}, Call{20ms, 3}, Call{500ms, 1}));
}

TEST_F(SchedulerTest, WhatIsReadLateDoesNotKeepTheDistance) {
    arm("first", {.timing = OneTime{start + 1min}});
    const auto scheduler = make_scheduler({.distance = 20ms});
    run_for(*scheduler, 1min);
    arm("second", {.timing = OneTime{start + 1min + 1us}});
    clock.advance(1us);
    run(*scheduler);
    EXPECT_THAT(ticks_of("second"), SizeIs(1));
}

TEST_F(SchedulerTest, AClockThatIsPutBackDoublesNoTick) {
    arm("minutely", {.timing = Interval{1min}});
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 10min);
    clock.advance(-1h);
    run_for(*scheduler, 1h);
    EXPECT_THAT(ticks_of("minutely"), series(start + 1min, 1min, 10));
    run_for(*scheduler, 2min);
    EXPECT_THAT(ticks_of("minutely"), series(start + 1min, 1min, 12));
}

TEST_F(SchedulerTest, AClockThatIsPutForwardLosesNoTick) {
    arm("hourly", {.timing = Interval{1h}, .misfire = MisfirePolicy::all});
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 2h);
    clock.advance(24h);
    run(*scheduler);
    EXPECT_THAT(ticks_of("hourly"), series(start + 1h, 1h, 26));
}

TEST_F(SchedulerTest, OverlapIsWhatTheScheduleSays) {
    arm("skip", {.timing = Interval{1min}, .overlap = OverlapPolicy::skip});
    arm("cancel", {.timing = Interval{1min}, .overlap = OverlapPolicy::cancel_previous});
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 2min);
    EXPECT_THAT(ticks_of("skip"), ElementsAre(start + 1min));
    EXPECT_THAT(reasons_of("skip"), ElementsAre("", "overlap"));
    EXPECT_THAT(ticks_of("cancel"), series(start + 1min, 1min, 2));
    EXPECT_EQ(client.stats().states.at(JobState::cancelled), 1U);
}

TEST_F(SchedulerTest, PausedAndRemovedSchedulesMakeNothing) {
    arm("paused", {.timing = Interval{1min}});
    arm("removed", {.timing = Interval{1min}});
    put("draft", {.timing = Interval{1min}});
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 1min);
    store->set_schedule_state("paused", ScheduleState::paused, "");
    EXPECT_TRUE(store->remove_schedule("removed"));
    run_for(*scheduler, 5min);
    EXPECT_THAT(ticks_of("paused"), SizeIs(1));
    EXPECT_THAT(ticks_of("removed"), SizeIs(1));
    EXPECT_THAT(ticks_of("draft"), IsEmpty());
    store->set_schedule_state("paused", ScheduleState::armed, "");
    run_for(*scheduler, 1min);
    EXPECT_THAT(ticks_of("paused"), ElementsAre(start + 1min, start + 7min));
}

TEST_F(SchedulerTest, AnUnknownZoneIsSaidOnceAndLeftToOthers) {
    arm("berlin", {.timing = CronExpression::parse("* * * * *"), .timezone = "Europe/Berlin"});
    arm("utc", {.timing = CronExpression::parse("* * * * *")});
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 3min);
    EXPECT_THAT(ticks_of("utc"), SizeIs(3));
    EXPECT_THAT(ticks_of("berlin"), IsEmpty());
    ASSERT_THAT(logged, SizeIs(1));
    EXPECT_THAT(logged[0], HasSubstr("schedule \"berlin\""));
    EXPECT_THAT(logged[0], HasSubstr("Europe/Berlin"));
    EXPECT_EQ(store->find_schedule("berlin")->last_tick, start);
}

TEST_F(SchedulerTest, AWorkerMayLeaveSchedulesToOthers) {
    engine::HandlerRegistry registry;
    engine::Counters counters;
    engine::EngineOptions options;
    options.clock = &clock;
    EXPECT_NE(engine::Engine(store, options, {"a", "here", 1}, registry, counters, log).scheduler(),
              nullptr);
    options.worker.schedules = false;
    EXPECT_EQ(engine::Engine(store, options, {"b", "here", 1}, registry, counters, log).scheduler(),
              nullptr);
}

TEST(SchedulingWorker, PerformsWhatASecondlyScheduleMakes) {
    Bench bench;
    ScheduleDefinition definition{
        .name = "secondly", .spec = {.timing = Interval{1s}}, .job = job("tick")};
    definition.job.id = {};
    Worker worker{bench.store, slots(1)};
    std::mutex mutex;
    std::set<Timestamp> ticks;
    worker.handle("tick", [&](Context& context) {
        const std::lock_guard lock{mutex};
        EXPECT_EQ(context.schedule(), "secondly");
        EXPECT_TRUE(ticks.insert(context.tick().value()).second);
        return Outcome::done();
    });
    worker.start();
    bench.store->put_schedule(definition, "");
    bench.store->set_schedule_state("secondly", ScheduleState::armed, "");
    EXPECT_TRUE(eventually([&] {
        const std::lock_guard lock{mutex};
        return ticks.size() >= 2;
    }));
    worker.stop();
}

}  // namespace
}  // namespace errand::test
