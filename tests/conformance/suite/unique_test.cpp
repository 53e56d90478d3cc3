#include "conformance/suite/fixture.hpp"

// At most one unfinished job has a unique key.

namespace errand::test {

using Kind = InsertResult::Kind;

namespace {

NewJob with_key(NewJob job, std::string key) {
    job.unique_key = std::move(key);
    return job;
}

}  // namespace

TEST_P(StoreContract, ADuplicateNamesTheHolder) {
    const JobId holder = add(with_key(job(), "k"));
    const NewJob second = with_key(job("other", "elsewhere"), "k");
    const auto result = store_->insert({&second, 1}).at(0);
    EXPECT_EQ(result.kind, Kind::duplicate);
    EXPECT_EQ(result.id, holder);
    EXPECT_FALSE(store_->find(second.id));
}

TEST_P(StoreContract, ADuplicateWithinOneBatchNamesTheFirst) {
    const std::vector batch{with_key(job(), "k"), job(), with_key(job(), "k"),
                            with_key(job(), "l")};
    const auto results = store_->insert(batch);
    ASSERT_EQ(results.size(), 4U);
    EXPECT_EQ(results[0].kind, Kind::inserted);
    EXPECT_EQ(results[1].kind, Kind::inserted);
    EXPECT_EQ(results[2].kind, Kind::duplicate);
    EXPECT_EQ(results[2].id, batch[0].id);
    EXPECT_EQ(results[3].kind, Kind::inserted);
    EXPECT_EQ(store_->stats().states.at(JobState::available), 3U);
}

TEST_P(StoreContract, JobsWithoutAKeyNeverCollide) {
    EXPECT_EQ(add_many(3).size(), 3U);
    EXPECT_EQ(store_->stats().states.at(JobState::available), 3U);
}

TEST_P(StoreContract, ARepeatedInsertOfTheHolderIsNoDuplicate) {
    const NewJob holder = with_key(job(), "k");
    add(holder);
    EXPECT_EQ(store_->insert({&holder, 1}).at(0).kind, Kind::already_there);
}

TEST_P(StoreContract, TheKeyIsHeldInEveryUnfinishedStateAndFreeAfterwards) {
    for (const JobState wanted : reachable_states) {
        NewJob holder = with_key(job("held", "held"), "key " + std::string{to_string(wanted)});
        if (wanted == JobState::scheduled) holder.delay = 1h;
        add(holder);
        if (wanted != JobState::scheduled && wanted != JobState::available) {
            const Lease lease = store_->claim({worker(), {{"held", 9}}, {"held"}, 15s}).at(0);
            if (wanted != JobState::active) settle(to(lease, wanted, 1h));
        } else if (wanted == JobState::available) {
            store_->set_paused("held", true);
        }
        ASSERT_EQ(state(holder.id), wanted);
        const NewJob second = with_key(job(), holder.unique_key);
        const auto result = store_->insert({&second, 1}).at(0);
        EXPECT_EQ(result.kind, is_end(wanted) ? Kind::inserted : Kind::duplicate)
            << to_string(wanted);
        EXPECT_EQ(result.id, is_end(wanted) ? second.id : holder.id) << to_string(wanted);
        if (wanted == JobState::available) {
            EXPECT_EQ(remove(holder.id), ControlResult::done);
            store_->set_paused("held", false);
        }
    }
}

TEST_P(StoreContract, CancellingAndRemovingFreeTheKey) {
    const JobId first = add(with_key(job(), "k"));
    EXPECT_EQ(cancel(first), ControlResult::done);
    const JobId second = add(with_key(job(), "k"));
    EXPECT_EQ(remove(second), ControlResult::done);
    add(with_key(job(), "k"));
}

TEST_P(StoreContract, RetryingAnEndedJobNeedsItsKey) {
    const JobId first = add(with_key(job(), "k"));
    ASSERT_EQ(cancel(first), ControlResult::done);
    const JobId second = add(with_key(job(), "k"));
    EXPECT_EQ(retry(first), ControlResult::refused);
    EXPECT_EQ(state(first), JobState::cancelled);
    ASSERT_EQ(cancel(second), ControlResult::done);
    EXPECT_EQ(retry(first), ControlResult::done);
    EXPECT_EQ(retry(second), ControlResult::refused);
    const NewJob third = with_key(job(), "k");
    EXPECT_EQ(store_->insert({&third, 1}).at(0).id, first);
}

TEST_P(StoreContract, RetryingTwoEndedHoldersInOneCallWakesOne) {
    const JobId first = add(with_key(job(), "k"));
    ASSERT_EQ(cancel(first), ControlResult::done);
    const JobId second = add(with_key(job(), "k"));
    ASSERT_EQ(cancel(second), ControlResult::done);
    const std::vector ids{first, second};
    EXPECT_EQ(store_->retry(ids), (std::vector{ControlResult::done, ControlResult::refused}));
}

TEST_P(StoreContract, RetryingAWaitingJobIsNotInItsOwnWay) {
    NewJob later = with_key(job(), "k");
    later.delay = 1h;
    add(later);
    EXPECT_EQ(retry(later.id), ControlResult::done);
    EXPECT_EQ(state(later.id), JobState::available);
}

}  // namespace errand::test
