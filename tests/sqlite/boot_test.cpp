#include "store/sqlite/boot.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace errand::sqlite {
namespace {

namespace fs = std::filesystem;

/// A store that loses with the power what was not synced: its files are put back to a copy.
class BootTest : public ::testing::Test {
protected:
    std::shared_ptr<Store> open(std::int64_t boot) {
        SqliteStoreOptions options;
        options.path = (folder_.path() / "store" / "a.db").string();
        options.boot = boot;
        return open_sqlite_store(options);
    }
    void keep_files() { fs::copy(folder_.path() / "store", folder_.path() / "kept", all_); }
    void lose_what_came_later() {
        fs::remove_all(folder_.path() / "store");
        fs::copy(folder_.path() / "kept", folder_.path() / "store", all_);
    }
    static NewJob job() {
        NewJob job;
        job.id = new_job_id();
        job.type = "a";
        return job;
    }
    static std::vector<Lease> claim(Store& store) {
        WorkerInfo worker;
        worker.name = "w";
        worker.max_leases = 10;
        const auto session = store.join(worker);
        ClaimRequest request;
        request.worker = session->id();
        request.queues = {{"default", 10}};
        request.types = {"a"};
        return store.claim(request);
    }
    void SetUp() override { fs::create_directory(folder_.path() / "store"); }

    static constexpr auto all_ = fs::copy_options::recursive;
    test::TempDir folder_;
};

TEST_F(BootTest, ALeaseNumberThatWasLostWithThePowerIsNotGivenOutAgain) {
    {
        const auto store = open(1);
        const auto added = job();
        (void)store->insert({&added, 1});
        keep_files();
        ASSERT_EQ(claim(*store).at(0).ref.lease_seq, 1U);
    }
    lose_what_came_later();
    const auto store = open(2);
    const auto again = claim(*store);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].ref.lease_seq, 2U);
    EXPECT_EQ(again[0].attempt, 1U);
}

TEST_F(BootTest, WithinABootNumbersRiseByOne) {
    for (int i = 0; i < 3; ++i) {
        const auto store = open(1);
        const auto added = job();
        (void)store->insert({&added, 1});
        EXPECT_EQ(claim(*store).at(0).ref.lease_seq, 1U);
    }
}

TEST_F(BootTest, ASettlementUnderALeaseOfAnEarlierBootIsStale) {
    Lease lease;
    {
        const auto store = open(1);
        const auto added = job();
        (void)store->insert({&added, 1});
        lease = claim(*store).at(0);
    }
    const auto store = open(2);
    Settlement settlement;
    settlement.lease = lease.ref;
    EXPECT_EQ(store->settle({&settlement, 1}).at(0), SettleResult::lease_lost);
}

TEST(BootNumber, StaysTheSameWhileTheMachineRuns) {
    EXPECT_EQ(boot_number(), boot_number());
}

}  // namespace
}  // namespace errand::sqlite
