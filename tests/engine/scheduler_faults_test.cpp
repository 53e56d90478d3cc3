#include "engine/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace errand::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// What becomes of ticks when calls fail and others are quicker.
class SchedulerFaults : public SchedulerTest {
protected:
    /// A round that must fail.
    void fail(Scheduler& scheduler) { EXPECT_THROW(scheduler.run_once(clock.now()), Error); }
    void reset(FaultStore::Fault& fault) { fault.refuse = fault.lose_answer = false; }
    void complete(const JobId& id) {
        WorkerInfo info;
        info.name = "hand";
        info.types = {"job"};
        const auto session = store->join(info);
        const auto leases =
            store->claim({.worker = session->id(), .queues = {{"default", 10}}, .types = {"job"}});
        for (const auto& lease : leases) {
            Settlement done;
            done.lease = lease.ref;
            done.to = JobState::completed;
            EXPECT_EQ(store->settle({&done, 1})[0], SettleResult::ok);
        }
        EXPECT_EQ(client.find(id)->state, JobState::completed);
    }
    void put_draft_with_rehearsal(const std::string& name) {
        ScheduleDefinition definition{.name = name,
                                      .spec = {.timing = Interval{1min}},
                                      .job = job("job"),
                                      .require_rehearsal = true};
        definition.job.id = {};
        store->put_schedule(definition, "");
    }
    JobId rehearse(const std::string& name) {
        const auto view = *store->find_schedule(name);
        const auto now = clock.now();
        FireRequest request;
        request.schedule = name;
        request.revision = view.revision;
        request.kind = FireKind::rehearsal;
        request.ticks.push_back(
            {now, core::make_tick_job(view.definition, request.kind, now, new_job_id(), now)});
        const auto result = store->fire({&request, 1}).front();
        EXPECT_THAT(result.jobs, SizeIs(1));
        return result.jobs.at(0);
    }
};

TEST_F(SchedulerFaults, ALostAnswerDoublesNoTick) {
    arm("minutely", {.timing = Interval{1min}});
    const auto scheduler = make_scheduler();
    run(*scheduler);
    clock.advance(1min);
    store->on_fire.lose_answer = true;
    fail(*scheduler);
    fail(*scheduler);
    reset(store->on_fire);
    EXPECT_EQ(run(*scheduler).delay, 1min);
    EXPECT_THAT(ticks_of("minutely"), ElementsAre(start + 1min));
    EXPECT_THAT(reasons_of("minutely"), ElementsAre(""));
}

TEST_F(SchedulerFaults, ARefusedCallLosesNoTick) {
    arm("minutely", {.timing = Interval{1min}, .misfire = MisfirePolicy::all});
    const auto scheduler = make_scheduler();
    run(*scheduler);
    store->on_fire.refuse = true;
    for (int i = 0; i < 3; ++i) {
        clock.advance(1min);
        fail(*scheduler);
    }
    reset(store->on_fire);
    run(*scheduler);
    EXPECT_THAT(ticks_of("minutely"), series(start + 1min, 1min, 3));
}

TEST_F(SchedulerFaults, AReadingThatFailedIsRepeated) {
    arm("minutely", {.timing = Interval{1min}});
    const auto scheduler = make_scheduler();
    store->on_schedules.refuse = true;
    fail(*scheduler);
    reset(store->on_schedules);
    store->on_schedules.lose_answer = true;
    fail(*scheduler);
    reset(store->on_schedules);
    EXPECT_EQ(run(*scheduler).delay, 1min);
}

TEST_F(SchedulerFaults, ADefinitionThatChangedMeanwhileIsReadAtOnce) {
    arm("s", {.timing = Interval{1min}});
    store->deaf = true;
    const auto scheduler = make_scheduler();
    run(*scheduler);
    put("s", {.timing = Interval{1min}}, "other");
    clock.advance(1min);
    run(*scheduler);
    const auto jobs = client.list({}).jobs;
    ASSERT_THAT(jobs, SizeIs(1));
    EXPECT_EQ(jobs[0].type, "other");
}

TEST_F(SchedulerFaults, WhatWasPausedOrRemovedMeanwhileIsForgotten) {
    arm("paused", {.timing = Interval{1s}});
    arm("removed", {.timing = Interval{1s}});
    store->deaf = true;
    const auto scheduler = make_scheduler();
    run(*scheduler);
    store->set_schedule_state("paused", ScheduleState::paused, "");
    EXPECT_TRUE(store->remove_schedule("removed"));
    clock.advance(1s);
    // Nothing is left to wake up for but the next reading.
    EXPECT_GT(run(*scheduler).delay, 30s);
    EXPECT_THAT(client.list({}).jobs, IsEmpty());
}

TEST_F(SchedulerFaults, OneThatTheStoreRefusesDoesNotHoldTheOthersBack) {
    arm("bad", {.timing = Interval{1min}});
    arm("good", {.timing = Interval{1min}});
    store->before_fire = [](std::span<const FireRequest> requests) {
        for (const auto& request : requests) {
            if (request.schedule == "bad") {
                throw Error(ErrorCode::invalid_argument, "args: too long for this store");
            }
        }
    };
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 3min);
    EXPECT_THAT(ticks_of("good"), SizeIs(3));
    EXPECT_THAT(ticks_of("bad"), IsEmpty());
    ASSERT_FALSE(logged.empty());
    EXPECT_THAT(logged[0], HasSubstr("schedule \"bad\": args: too long for this store"));
    store->before_fire = {};
    run_for(*scheduler, 2min);
    EXPECT_FALSE(ticks_of("bad").empty());
}

TEST_F(SchedulerFaults, AClockThatIsPutBackWithinACallDelaysByASecond) {
    arm("minutely", {.timing = Interval{1min}});
    const auto scheduler = make_scheduler();
    run(*scheduler);
    clock.advance(1min);
    bool is_stepped = false;
    store->before_fire = [&](std::span<const FireRequest>) {
        if (!std::exchange(is_stepped, true)) clock.advance(-10ms);
    };
    run(*scheduler);
    EXPECT_THAT(ticks_of("minutely"), IsEmpty());
    run_for(*scheduler, 1s);
    EXPECT_THAT(ticks_of("minutely"), ElementsAre(start + 1min));
}

TEST_F(SchedulerFaults, ARehearsalThatSucceededIsNotedBeforeItsJobIsGone) {
    put_draft_with_rehearsal("nightly");
    const auto scheduler = make_scheduler();
    run(*scheduler);
    const auto rehearsal = rehearse("nightly");
    run_for(*scheduler, 2min);
    EXPECT_EQ(store->find_schedule("nightly")->state, ScheduleState::draft);
    complete(rehearsal);
    run_for(*scheduler, 1min);
    EXPECT_EQ(store->find_schedule("nightly")->state, ScheduleState::rehearsed);
    EXPECT_EQ(store->find_schedule("nightly")->changed_by, "worker");
    EXPECT_EQ(client.remove(rehearsal), ControlResult::done);
    store->set_schedule_state("nightly", ScheduleState::armed, "");
    run_for(*scheduler, 1min);
    EXPECT_THAT(ticks_of("nightly"), SizeIs(1));
}

TEST_F(SchedulerFaults, ARehearsalOfAnEarlierDefinitionProvesNothing) {
    put_draft_with_rehearsal("nightly");
    const auto scheduler = make_scheduler();
    run(*scheduler);
    complete(rehearse("nightly"));
    auto definition = store->find_schedule("nightly")->definition;
    definition.job.args = "[2]";
    store->put_schedule(definition, "");
    run_for(*scheduler, 5min);
    EXPECT_EQ(store->find_schedule("nightly")->state, ScheduleState::draft);
    EXPECT_THROW(store->set_schedule_state("nightly", ScheduleState::armed, ""), Error);
}

TEST_F(SchedulerFaults, ManyDraftsAreLookedAtInTurn) {
    std::vector<JobId> rehearsals;
    for (int i = 0; i < 250; ++i) {
        const auto name = "draft" + std::to_string(i);
        put_draft_with_rehearsal(name);
        if (i % 100 == 99) rehearsals.push_back(rehearse(name));
    }
    for (const auto& id : rehearsals)
        complete(id);
    const auto scheduler = make_scheduler();
    run_for(*scheduler, 1min);
    EXPECT_EQ(store->find_schedule("draft99")->state, ScheduleState::rehearsed);
    EXPECT_EQ(store->find_schedule("draft199")->state, ScheduleState::rehearsed);
    EXPECT_EQ(store->find_schedule("draft0")->state, ScheduleState::draft);
}

}  // namespace
}  // namespace errand::test
