#pragma once

#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <errand/error.hpp>
#include <errand/store/store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The contract of errand/store/*.hpp as tests. A store takes part by instantiating StoreContract
// with its StoreKind; what only some stores can do is a flag there, and tests that need it are
// skipped visibly.

namespace errand::test {

using namespace std::chrono_literals;

/// One kind of store, and what it can do.
struct StoreKind {
    std::string name;
    /// The URL of a store that does not exist yet; what it needs may lie in `scratch`.
    std::function<std::string(const std::filesystem::path& scratch)> fresh_url;
    /// How a store is opened; set it for a store that open_store() does not know.
    std::function<std::shared_ptr<Store>(const std::string& url, const StoreOptions& options)>
        open = [](const std::string& url, const StoreOptions& options) {
            return open_store(url, options);
        };
    bool virtual_clock = true;  ///< StoreOptions::clock is honoured: the tests may move time
    bool persistent = false;    ///< opening the same URL once more finds the same jobs
};

void PrintTo(const StoreKind& kind, std::ostream* out);

class StoreContract : public ::testing::TestWithParam<StoreKind> {
protected:
    void SetUp() override { store_ = open(); }

    /// Opens this test's store once more (persistent kinds), or a fresh one (others).
    [[nodiscard]] std::shared_ptr<Store> open(const Limits& limits = {});

    /// A job that passes validation, with an id of its own.
    [[nodiscard]] static NewJob job(std::string_view type = "t",
                                    std::string_view queue = "default");
    /// Inserts one job and expects that it is new.
    JobId add(const NewJob& job);
    JobId add() { return add(job()); }
    std::vector<JobId> add_many(std::size_t count);

    [[nodiscard]] std::unique_ptr<WorkerSession> join(std::string_view name = "w1");
    /// Claims as the worker "w1", which joins when it is first needed.
    [[nodiscard]] std::vector<Lease> claim(std::uint32_t max = 100, Duration lease = 15s);
    [[nodiscard]] std::vector<Lease> claim(const ClaimRequest& request) {
        return store_->claim(request);
    }
    /// The next job; fails the test when there is none.
    [[nodiscard]] Lease claim_one(Duration lease = 15s);
    [[nodiscard]] WorkerId worker();

    SettleResult settle(const Settlement& item) { return store_->settle({&item, 1}).at(0); }
    /// The settlement that ends `lease` in a plain way.
    [[nodiscard]] static Settlement to(const Lease& lease, JobState state, Duration delay = {});
    HeartbeatResult beat(const Heartbeat& item) { return store_->heartbeat({&item, 1}).at(0); }
    ControlResult cancel(const JobId& id) { return store_->cancel({&id, 1}).at(0); }
    ControlResult retry(const JobId& id) { return store_->retry({&id, 1}).at(0); }
    ControlResult remove(const JobId& id) { return store_->remove({&id, 1}).at(0); }

    /// A new job of queue "brought" in `state`; the lease of active ones is kept in last_lease_.
    JobId add_in(JobState state);
    /// Claims what add_in() left available.
    [[nodiscard]] std::vector<Lease> claim_brought();

    /// The jobs that are available and wait for their key's turn, in order of insertion.
    [[nodiscard]] std::vector<JobId> blocked();
    /// Completes the job of the lease and expects that this counts.
    void complete(const Lease& lease);
    /// Claims and completes jobs one after the other until there are none, at most `max`.
    std::vector<JobId> run(std::size_t max = 1'000);

    /// The job; fails the test when it is not there.
    [[nodiscard]] Job get(const JobId& id);
    [[nodiscard]] JobState state(const JobId& id) { return get(id).state; }

    TempDir scratch_;
    ManualClock clock_;
    std::string url_ = GetParam().fresh_url(scratch_.path());
    std::shared_ptr<Store> store_;
    std::unique_ptr<WorkerSession> session_;
    Lease last_lease_;
};

/// Skips the test, visibly, on stores whose clock cannot be moved.
#define REQUIRE_VIRTUAL_CLOCK() \
    if (!GetParam().virtual_clock) GTEST_SKIP() << "this store has a clock of its own"

#define REQUIRE_PERSISTENCE() \
    if (!GetParam().persistent) GTEST_SKIP() << "this store goes with its process"

/// Expects that `call` throws Error with `code`.
template <class F>
void expect_error(ErrorCode code, F&& call) {
    try {
        call();
        ADD_FAILURE() << "nothing was thrown, expected " << to_string(code);
    } catch (const Error& error) {
        EXPECT_EQ(to_string(error.code()), to_string(code)) << error.what();
    }
}

[[nodiscard]] std::vector<JobId> ids_of(const std::vector<Lease>& leases);
[[nodiscard]] std::vector<JobId> ids_of(const std::vector<Job>& jobs);

/// Expects that `action` ends a wait on `channel` that began before it. A lost wake-up fails the
/// test after twenty seconds.
void expect_wakes(Store& store, WakeChannel channel, const std::function<void()>& action);

/// The states that a job can be brought into without workflows.
inline constexpr std::array reachable_states{
    JobState::scheduled, JobState::available, JobState::active,   JobState::retryable,
    JobState::completed, JobState::discarded, JobState::cancelled};

/// The states that a settlement may ask for.
inline constexpr std::array settle_states{JobState::available, JobState::scheduled,
                                          JobState::retryable, JobState::completed,
                                          JobState::discarded, JobState::cancelled};

}  // namespace errand::test

namespace errand {

// For GoogleTest's messages.
void PrintTo(const JobId& id, std::ostream* out);
void PrintTo(JobState state, std::ostream* out);
void PrintTo(SettleResult result, std::ostream* out);
void PrintTo(HeartbeatResult result, std::ostream* out);
void PrintTo(ControlResult result, std::ostream* out);

}  // namespace errand
