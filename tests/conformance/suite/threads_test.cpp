#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <mutex>
#include <set>
#include <thread>

// Every call from any thread at any time (hazards C1, Q2).

namespace errand::test {

TEST_P(StoreContract, EachJobIsClaimedByOneThread) {
    const auto ids = add_many(200);
    constexpr int claimers = 4;
    std::barrier start{claimers};
    std::mutex mutex;
    std::vector<JobId> claimed;
    const WorkerId id = worker();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < claimers; ++i) {
            threads.emplace_back([&] {
                start.arrive_and_wait();
                for (;;) {
                    const auto leases = store_->claim({id, {{"default", 3}}, {"t"}, 15s});
                    if (leases.empty()) return;
                    const std::lock_guard lock{mutex};
                    std::ranges::copy(ids_of(leases), std::back_inserter(claimed));
                }
            });
        }
    }
    std::ranges::sort(claimed);
    EXPECT_EQ(claimed, ids);
}

TEST_P(StoreContract, JobsOfManyThreadsAllGetDone) {
    constexpr std::size_t producers = 2;
    constexpr std::size_t jobs_each = 100;
    std::atomic<std::size_t> completed{0};
    const WorkerId id = worker();
    const auto consume = [&] {
        while (completed < producers * jobs_each) {
            const std::uint32_t seen = store_->generation(WakeChannel::work);
            const auto leases = store_->claim({id, {{"default", 8}}, {"t"}, 15s});
            for (const Lease& lease : leases)
                completed += settle(to(lease, JobState::completed)) == SettleResult::ok;
            if (completed == producers * jobs_each)
                store_->wake(WakeChannel::work);
            else if (leases.empty())
                store_->wait(WakeChannel::work, seen, 20s);
        }
    };
    const auto produce = [&] {
        for (std::size_t i = 0; i < jobs_each; ++i)
            add();
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 2; ++i)
            threads.emplace_back(consume);
        for (std::size_t i = 0; i < producers; ++i)
            threads.emplace_back(produce);
    }
    EXPECT_EQ(store_->stats().states.at(JobState::completed), producers * jobs_each);
}

// What a claim saw may change before it takes it: better jobs come, others go or come back.
TEST_P(StoreContract, ClaimsAmongChangesGiveEachLeaseOnce) {
    constexpr std::size_t jobs = 400;
    const WorkerId id = worker();
    std::vector<NewJob> wanted;
    for (std::size_t i = 0; i < jobs; ++i) {
        wanted.push_back(job());
        wanted.back().priority = static_cast<std::int32_t>(i % 7);
    }
    std::atomic<std::size_t> ended{0};
    std::mutex mutex;
    std::set<std::pair<JobId, std::uint64_t>> leases_seen;
    const auto consume = [&] {
        while (ended < jobs) {
            for (const Lease& lease : store_->claim({id, {{"default", 20}}, {"t"}, 15s})) {
                bool back = false;
                {
                    const std::lock_guard lock{mutex};
                    const bool fresh =
                        leases_seen.emplace(lease.ref.id, lease.ref.lease_seq).second;
                    EXPECT_TRUE(fresh) << to_string(lease.ref.id) << ' ' << lease.ref.lease_seq;
                    back = lease.ref.lease_seq < 3 && leases_seen.size() % 5 == 0;
                }
                auto item = to(lease, back ? JobState::available : JobState::completed);
                item.uses_attempt = !back;
                const auto result = settle(item);
                EXPECT_NE(result, SettleResult::lease_lost);
                if (!back || result == SettleResult::recorded_cancel) ++ended;
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back(consume);
        threads.emplace_back([&] {
            for (std::size_t i = 0; i < jobs; ++i) {
                EXPECT_EQ(store_->insert({&wanted[i], 1}).at(0).kind, InsertResult::Kind::inserted);
                if (i % 10 == 9 && cancel(wanted[i - 3].id) == ControlResult::done) ++ended;
            }
        });
    }
    EXPECT_EQ(store_->stats().states.at(JobState::completed) +
                  store_->stats().states.at(JobState::cancelled),
              jobs);
}

TEST_P(StoreContract, OneOfManySettlementsWins) {
    for (int round = 0; round < 20; ++round) {
        const JobId id = add();
        const Lease lease = claim_one();
        std::atomic<int> won{0};
        std::barrier start{3};
        {
            std::vector<std::jthread> threads;
            for (const JobState end :
                 {JobState::completed, JobState::discarded, JobState::cancelled}) {
                threads.emplace_back([&, end] {
                    start.arrive_and_wait();
                    won += settle(to(lease, end)) == SettleResult::ok;
                });
            }
        }
        EXPECT_EQ(won, 1);
        EXPECT_TRUE(is_end(state(id)));
    }
}

TEST_P(StoreContract, CancelRacingSettleHasOneEnd) {
    for (int round = 0; round < 20; ++round) {
        const JobId id = add();
        const Lease lease = claim_one();
        SettleResult settled{};
        ControlResult cancelled{};
        std::barrier start{2};
        {
            const std::jthread settler{[&] {
                start.arrive_and_wait();
                settled = settle(to(lease, JobState::completed));
            }};
            const std::jthread canceller{[&] {
                start.arrive_and_wait();
                cancelled = cancel(id);
            }};
        }
        if (cancelled == ControlResult::requested) {
            EXPECT_EQ(settled, SettleResult::recorded_cancel);
            EXPECT_EQ(state(id), JobState::cancelled);
        } else {
            EXPECT_EQ(cancelled, ControlResult::refused);
            EXPECT_EQ(settled, SettleResult::ok);
            EXPECT_EQ(state(id), JobState::completed);
        }
    }
}

TEST_P(StoreContract, OneOfManyHoldersOfAUniqueKeyWins) {
    for (int round = 0; round < 10; ++round) {
        constexpr int callers = 4;
        std::barrier start{callers};
        std::mutex mutex;
        std::set<JobId> holders;
        int inserted = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < callers; ++i) {
                threads.emplace_back([&, key = "k" + std::to_string(round)] {
                    NewJob wanted = job();
                    wanted.unique_key = key;
                    start.arrive_and_wait();
                    const auto result = store_->insert({&wanted, 1}).at(0);
                    const std::lock_guard lock{mutex};
                    holders.insert(result.id);
                    inserted += result.kind == InsertResult::Kind::inserted;
                });
            }
        }
        EXPECT_EQ(inserted, 1);
        EXPECT_EQ(holders.size(), 1U);
    }
}

TEST_P(StoreContract, LookingWhileJobsFlow) {
    std::atomic<bool> stop{false};
    const std::jthread looker{[&] {
        while (!stop) {
            const StoreStats stats = store_->stats();
            std::uint64_t total = 0;
            for (const auto& [state, count] : stats.states)
                total += count;
            EXPECT_LE(total, 100U);
            EXPECT_LE(store_->list({}, 10, "").jobs.size(), 10U);
            EXPECT_LE(store_->workers().size(), 1U);
        }
    }};
    for (int i = 0; i < 100; ++i) {
        add();
        settle(to(claim_one(), JobState::completed));
    }
    stop = true;
}

}  // namespace errand::test
