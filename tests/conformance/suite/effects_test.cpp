#include "conformance/suite/fixture.hpp"

// Effects that happen once per job and key.

namespace errand::test {

TEST_P(StoreContract, AnEffectIsKeptAcrossAttempts) {
    const JobId id = add();
    const Lease first = claim_one();
    EXPECT_FALSE(store_->find_effect(id, "mail"));
    EXPECT_TRUE(store_->record_effect(first.ref, "mail", R"({"id":1})", EffectWrite::first_stays));
    EXPECT_EQ(store_->find_effect(id, "mail"), R"({"id":1})");
    settle(to(first, JobState::available));
    (void)claim_one();
    EXPECT_EQ(store_->find_effect(id, "mail"), R"({"id":1})");
    EXPECT_FALSE(store_->find_effect(id, "other"));
    EXPECT_FALSE(store_->find_effect(new_job_id(), "mail"));
}

TEST_P(StoreContract, TheFirstValueOfAnEffectStays) {
    const JobId id = add();
    const Lease lease = claim_one();
    EXPECT_TRUE(store_->record_effect(lease.ref, "k", "1", EffectWrite::first_stays));
    EXPECT_TRUE(store_->record_effect(lease.ref, "k", "2", EffectWrite::first_stays));
    EXPECT_TRUE(store_->record_effect(lease.ref, "l", "3", EffectWrite::first_stays));
    EXPECT_EQ(store_->find_effect(id, "k"), "1");
    EXPECT_EQ(store_->find_effect(id, "l"), "3");
}

TEST_P(StoreContract, TheNewestPositionOfACursorCounts) {
    const JobId id = add();
    const Lease first = claim_one();
    const auto save = [&](const Lease& lease, std::string_view value) {
        return store_->record_effect(lease.ref, "cursor", value, EffectWrite::replace);
    };
    EXPECT_TRUE(save(first, "1"));
    EXPECT_TRUE(save(first, "2"));
    EXPECT_EQ(store_->find_effect(id, "cursor"), "2");
    settle(to(first, JobState::available));
    EXPECT_FALSE(save(first, "3"));
    const Lease second = claim_one();
    EXPECT_FALSE(save(first, "3"));
    EXPECT_EQ(store_->find_effect(id, "cursor"), "2");
    EXPECT_TRUE(save(second, "4"));
    EXPECT_EQ(store_->find_effect(id, "cursor"), "4");
    EXPECT_TRUE(store_->record_effect(second.ref, "cursor", "5", EffectWrite::first_stays));
    EXPECT_EQ(store_->find_effect(id, "cursor"), "4");
}

TEST_P(StoreContract, EffectsBelongToTheirJob) {
    add_many(2);
    const auto leases = claim();
    EXPECT_TRUE(store_->record_effect(leases.at(0).ref, "k", "1", EffectWrite::first_stays));
    EXPECT_FALSE(store_->find_effect(leases.at(1).ref.id, "k"));
}

}  // namespace errand::test
