#include "conformance/suite/fixture.hpp"

namespace errand::test {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         ::testing::Values(StoreKind{
                             .name = "memory",
                             .fresh_url = [](const auto&) { return std::string{"memory:"}; },
                         }),
                         [](const auto& info) { return info.param.name; });

TEST(MemoryStore, TwoStoresShareNothing) {
    const auto first = open_store("memory:");
    const auto second = open_store("memory:");
    NewJob job;
    job.id = new_job_id();
    job.type = "t";
    ASSERT_EQ(first->insert({&job, 1}).at(0).kind, InsertResult::Kind::inserted);
    EXPECT_TRUE(first->find(job.id).has_value());
    EXPECT_FALSE(second->find(job.id).has_value());
    EXPECT_EQ(first->url(), "memory:");
}

}  // namespace errand::test
