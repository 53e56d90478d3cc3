#include "sqlite/database_file.hpp"
#include "support/temp_dir.hpp"

#include <errand/store/store.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

// What the rows about turns of keys say, and what the check finds where somebody has changed them.

namespace errand {
namespace {

class TurnRows : public ::testing::Test {
protected:
    static void enqueue(Store& store, std::size_t jobs, const std::string& key) {
        std::vector<NewJob> added(jobs);
        for (auto& job : added) {
            job.id = new_job_id();
            job.type = "t";
            job.key = key;
        }
        static_cast<void>(store.insert(added));
    }

    void enqueue(std::size_t jobs, const std::string& key) { enqueue(*store_, jobs, key); }

    std::vector<Lease> claim() { return store_->claim({worker_->id(), {{"default", 100}}, {"t"}}); }

    void complete(const std::vector<Lease>& leases) {
        std::vector<Settlement> items(leases.size());
        for (std::size_t i = 0; i < items.size(); ++i)
            items[i].lease = leases[i].ref;
        for (const auto result : store_->settle(items))
            EXPECT_EQ(result, SettleResult::ok);
    }

    std::vector<JobId> holders(const std::string& key) {
        const auto view = store_->find_key("default", key);
        return view ? view->holders : std::vector<JobId>{};
    }

    /// Whether the check finds the turns in order.
    static bool in_order(Store& store) {
        const auto findings = store.check();
        const auto turns = std::ranges::find(findings, "turns of keys", &CheckFinding::what);
        return turns != findings.end() && turns->ok;
    }

    bool in_order() { return in_order(*store_); }

    static WorkerInfo worker() {
        WorkerInfo info;
        info.name = "w";
        info.max_leases = 100;
        return info;
    }

    test::TempDir folder_;
    std::shared_ptr<Store> store_ = open_store("sqlite:" + (folder_.path() / "a.db").string());
    std::unique_ptr<WorkerSession> worker_ = store_->join(worker());
};

TEST_F(TurnRows, WhoeverHasTheTurnIsKnownFromEndToEnd) {
    enqueue(3, "a");
    enqueue(1, "b");
    for (std::size_t left = 3; left > 0; --left) {
        const auto leases = claim();
        ASSERT_EQ(leases.front().key, "a");
        EXPECT_EQ(holders("a"), std::vector<JobId>{leases.front().ref.id});
        EXPECT_TRUE(in_order());
        complete(leases);
        EXPECT_TRUE(in_order());
    }
    EXPECT_FALSE(store_->find_key("default", "a").has_value());
    EXPECT_TRUE(claim().empty());
}

TEST_F(TurnRows, SeveralOfOneKeyEndTogether) {
    store_->set_queue_settings("default", {.key_concurrency = 2});
    enqueue(5, "a");
    enqueue(2, "b");
    const std::vector<std::size_t> claimed{4, 2, 1};
    for (const auto count : claimed) {
        const auto leases = claim();
        EXPECT_EQ(leases.size(), count);
        const auto of_a = static_cast<std::size_t>(std::ranges::count(leases, "a", &Lease::key));
        EXPECT_EQ(holders("a").size(), of_a);
        complete(leases);
        EXPECT_TRUE(in_order());
    }
    EXPECT_TRUE(claim().empty());
}

TEST_F(TurnRows, FewerTurnsThanAreTakenAreHandedOnAsTheyEnd) {
    store_->set_queue_settings("default", {.key_concurrency = 2});
    enqueue(4, "a");
    auto leases = claim();
    store_->set_queue_settings("default", {.key_concurrency = 1});
    complete(leases);
    for (int i = 0; i < 2; ++i) {
        leases = claim();
        EXPECT_EQ(leases.size(), 1U);
        EXPECT_TRUE(in_order());
        complete(leases);
    }
    EXPECT_TRUE(in_order());
}

TEST_F(TurnRows, TheCheckFindsWhatDoesNotAgree) {
    for (const char* const sql :
         {"UPDATE errand_key SET taken = 2", "UPDATE errand_key SET taken = 0",
          "UPDATE errand_key SET holder = 99", "DELETE FROM errand_key",
          "UPDATE errand_ready SET flags = 0", "UPDATE errand_ready SET flags = flags & 65535",
          "UPDATE errand_ready SET flags = flags & ~64",
          "UPDATE errand_ready SET flags = flags + 65536", "DELETE FROM errand_ready",
          "UPDATE errand_blocked SET lane = lane + 1", "UPDATE errand_blocked SET rank = rank + 1",
          "UPDATE errand_blocked SET key_number = key_number + 1",
          "UPDATE errand_blocked SET flags = (SELECT flags FROM errand_ready)"}) {
        const test::TempDir folder;
        const auto path = (folder.path() / "b.db").string();
        const auto store = open_store("sqlite:" + path);
        enqueue(*store, 3, "a");
        ASSERT_TRUE(in_order(*store));
        EXPECT_EQ(test::UserConnection{path}.execute(sql), SQLITE_OK);
        EXPECT_FALSE(in_order(*store)) << sql;
    }
}

}  // namespace
}  // namespace errand
