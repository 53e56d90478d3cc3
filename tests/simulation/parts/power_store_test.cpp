#include "simulation/store/power_store.hpp"

#include "support/manual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace errand::sim {
namespace {

using namespace std::chrono_literals;

class PowerStoreTest : public testing::Test {
protected:
    JobId add() {
        NewJob job;
        job.id = new_job_id();
        job.type = "job";
        EXPECT_EQ(store.insert({&job, 1}).front().kind, InsertResult::Kind::inserted);
        return job.id;
    }
    [[nodiscard]] std::unique_ptr<WorkerSession> join() {
        return store.join({"w", "here", 1, "default:4", 4, 4});
    }
    std::vector<Lease> claim(WorkerSession& session) {
        return store.claim({session.id(), {{"default", 4}}, {"job"}, 2s});
    }

    test::ManualClock clock;
    PowerStore store{clock, true};
};

TEST_F(PowerStoreTest, ACutAloneLosesNothingButMarks) {
    const auto id = add();
    const auto worker = join();
    const auto lease = claim(*worker).front();
    worker->mark(0, lease.ref, RunMark::started);
    store.cut_power(false);
    EXPECT_EQ(store.find(id)->state, JobState::active);
    const auto next = join();
    const auto taken = store.take_over_expired(next->id(), 10, 2s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken.front().lease.ref.id, id);
    EXPECT_EQ(taken.front().mark, RunMark::unknown);
    EXPECT_TRUE(taken.front().worker_died);
}

TEST_F(PowerStoreTest, WhatWasNotSyncedIsLostAndTheRestIsAsItWas) {
    const auto early = add();
    const auto worker = join();
    const auto lease = claim(*worker).front();
    const auto claimed = store.find(early);
    store.sync();
    const auto late = add();
    clock.advance(1s);
    Settlement done;
    done.lease = lease.ref;
    EXPECT_EQ(store.settle({&done, 1}).front(), SettleResult::ok);
    store.cut_power(true);
    EXPECT_FALSE(store.find(late));
    const auto job = store.find(early);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->state, JobState::active);
    EXPECT_EQ(job->created_at, claimed->created_at);
    EXPECT_EQ(job->started_at, claimed->started_at);
    EXPECT_EQ(job->lease_seq, 1U);
}

TEST_F(PowerStoreTest, SessionsOfBeforeACutDoNothingAfterIt) {
    const auto id = add();
    auto worker = join();
    const auto lease = claim(*worker).front();
    store.cut_power(false);
    const auto next = join();
    worker->mark(0, lease.ref, RunMark::finished);
    worker.reset();
    const auto taken = store.take_over_expired(next->id(), 10, 2s);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken.front().mark, RunMark::unknown);
    EXPECT_EQ(store.find(id)->lease_seq, 2U);
}

TEST_F(PowerStoreTest, CutsFollowEachOther) {
    for (int i = 0; i < 3; ++i) {
        const auto kept = add();
        store.sync();
        const auto lost = add();
        store.cut_power(true);
        EXPECT_TRUE(store.find(kept));
        EXPECT_FALSE(store.find(lost));
    }
}

TEST_F(PowerStoreTest, AFireThatWasNotSyncedComesUndoneWithItsJob) {
    ScheduleDefinition definition{"s", {.timing = Interval{1min}}, {}, {}, false};
    definition.job.type = "job";
    store.put_schedule(definition, "");
    store.set_schedule_state("s", ScheduleState::armed, "");
    const auto fire = [&] {
        clock.advance(1min);
        FireRequest request{"s",
                            1,
                            FireKind::tick,
                            store.find_schedule("s")->last_tick,
                            clock.now(),
                            OverlapPolicy::allow,
                            {{clock.now(), definition.job}},
                            {}};
        request.ticks.front().job.id = new_job_id();
        return store.fire({&request, 1}).front().jobs.at(0);
    };
    const auto early = fire();
    const auto dealt_with = store.find_schedule("s")->last_tick;
    store.sync();
    const auto late = fire();
    store.set_schedule_state("s", ScheduleState::paused, "");
    store.cut_power(true);
    EXPECT_TRUE(store.find(early));
    EXPECT_FALSE(store.find(late));
    EXPECT_EQ(store.find_schedule("s")->last_tick, dealt_with);
    EXPECT_EQ(store.find_schedule("s")->state, ScheduleState::armed);
    EXPECT_EQ(store.schedule_history("s", 0, 10).size(), 1U);
}

}  // namespace
}  // namespace errand::sim
