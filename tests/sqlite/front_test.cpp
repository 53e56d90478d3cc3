#include "store/sqlite/database.hpp"
#include "store/sqlite/front_taker.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

// A front is read beside the writer: what happens between its reading and its taking?

namespace errand::sqlite {
namespace {

class FrontTest : public ::testing::Test {
protected:
    JobId add(std::int32_t priority = 0) {
        NewJob job;
        job.id = new_job_id();
        job.type = "t";
        job.priority = priority;
        static_cast<void>(store_->insert({&job, 1}));
        return job.id;
    }

    Front read(std::uint32_t max_jobs) {
        auto reader = database_.read();
        lanes_.refresh(*reader);
        return FrontReader{*reader}.read(
            {lanes_.lanes_of("default", request_.types, {}), max_jobs});
    }

    /// Takes the front as claims do; false: it does not stand any more.
    bool take(Front& front) {
        database_.write([&] {
            FrontTaker taker{database_.writer(), request_, database_.now()};
            if (taker.still_stands(front)) taker.take(front);
        });
        return front.taken;
    }

    static std::vector<JobId> ids(const std::vector<Lease>& leases) {
        std::vector<JobId> ids;
        std::ranges::transform(leases, std::back_inserter(ids),
                               [](const Lease& lease) { return lease.ref.id; });
        return ids;
    }

    static std::vector<JobId> sorted(std::vector<JobId> ids) {
        std::ranges::sort(ids);
        return ids;
    }

    std::vector<JobId> active() {
        JobFilter filter;
        filter.states = {JobState::active};
        std::vector<JobId> ids;
        for (const auto& job : store_->list(filter, 100, "").jobs)
            ids.push_back(job.id);
        return sorted(std::move(ids));
    }

    static WorkerInfo worker() {
        WorkerInfo info;
        info.name = "w";
        info.max_leases = 100;
        return info;
    }

    SqliteStoreOptions options() const {
        SqliteStoreOptions options;
        options.path = (folder_.path() / "jobs.db").string();
        return options;
    }

    test::TempDir folder_;
    std::shared_ptr<Store> store_ = open_sqlite_store(options());
    std::unique_ptr<WorkerSession> session_ = store_->join(worker());
    Database database_{options()};
    LaneTable lanes_;
    ClaimRequest request_{session_->id(), {{"default", 100}}, {"t"}};
};

TEST_F(FrontTest, WhoComesInFrontMeanwhileIsLeftToTheNextClaim) {
    const std::vector first{add(), add()};
    add();
    auto front = read(2);
    const auto urgent = add(5);
    ASSERT_TRUE(take(front));
    EXPECT_EQ(ids(front.leases), first);
    EXPECT_EQ(active(), sorted(first));
    auto next = read(1);
    ASSERT_TRUE(take(next));
    EXPECT_EQ(ids(next.leases), std::vector{urgent});
}

TEST_F(FrontTest, OfSeveralPrioritiesEachIsTakenAsItWasRead) {
    const std::vector both{add(5), add(1)};
    auto front = read(10);
    add(3);
    add(7);
    ASSERT_TRUE(take(front));
    EXPECT_EQ(ids(front.leases), both);
    EXPECT_EQ(active(), sorted(both));
}

TEST_F(FrontTest, WhereSomebodyCameBetweenItIsReadAnew) {
    add();
    const auto late = add();
    static_cast<void>(store_->cancel({&late, 1}));
    add();
    auto front = read(10);
    static_cast<void>(store_->retry({&late, 1}));  // back to its old place
    EXPECT_FALSE(take(front));
    EXPECT_TRUE(active().empty());
}

TEST_F(FrontTest, WhereSomebodyIsGoneItIsReadAnew) {
    for (const std::size_t gone : {0, 1, 2}) {
        const std::vector jobs{add(), add(), add()};
        auto front = read(10);
        static_cast<void>(store_->cancel({&jobs[gone], 1}));
        EXPECT_FALSE(take(front)) << gone;
        static_cast<void>(store_->cancel(jobs));
    }
    EXPECT_TRUE(active().empty());
}

TEST_F(FrontTest, WhatAnotherClaimHadMeanwhileIsNotTakenTwice) {
    add();
    auto front = read(10);
    const auto leases = store_->claim(request_);
    ASSERT_EQ(leases.size(), 1U);
    EXPECT_FALSE(take(front));
    Settlement again;  // available once more, under another lease number
    again.lease = leases.front().ref;
    again.to = JobState::available;
    ASSERT_EQ(store_->settle({&again, 1}).front(), SettleResult::ok);
    EXPECT_FALSE(take(front));
}

}  // namespace
}  // namespace errand::sqlite
