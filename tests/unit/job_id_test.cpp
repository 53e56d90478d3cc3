#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <errand/job_id.hpp>

#include <algorithm>
#include <thread>
#include <unordered_set>
#include <vector>

namespace errand {
namespace {

TEST(JobId, IsNilByDefaultAndOnlyThen) {
    EXPECT_TRUE(JobId{}.is_nil());
    EXPECT_FALSE(new_job_id().is_nil());
    EXPECT_EQ(to_string(JobId{}), "00000000-0000-0000-0000-000000000000");
}

TEST(JobId, IsReadInBothCases) {
    const auto id = JobId::parse("0190a8C0-7e5b-7ABC-8def-0123456789aF");
    ASSERT_TRUE(id);
    EXPECT_EQ(to_string(*id), "0190a8c0-7e5b-7abc-8def-0123456789af");
}

TEST(JobId, IsNotReadFromOtherText) {
    for (const std::string_view text :
         {"", "0190a8c0-7e5b-7abc-8def-0123456789a", "0190a8c0-7e5b-7abc-8def-0123456789aff",
          "0190a8c07e5b7abc8def0123456789af", "0190a8c0-7e5b-7abc-8def-0123456789ag",
          "0190a8c0-7e5b-7abc-8def00123456789af", "{190a8c0-7e5b-7abc-8def-0123456789a}",
          "-190a8c0-7e5b-7abc-8def-0123456789af"}) {
        EXPECT_FALSE(JobId::parse(text)) << text;
    }
}

RC_GTEST_PROP(JobId, IsPrintedAndReadBack, (const std::array<std::uint8_t, 16>& bytes)) {
    const JobId id{bytes};
    RC_ASSERT(JobId::parse(to_string(id)) == id);
}

TEST(NewJobId, IsAUuidOfVersion7MadeNow) {
    const auto milliseconds = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    };
    const auto before = milliseconds();
    const auto id = new_job_id();
    const auto after = milliseconds();
    EXPECT_EQ(id.bytes[6] >> 4, 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
    std::int64_t made = 0;
    for (int i = 0; i < 6; ++i)
        made = made << 8 | id.bytes[static_cast<std::size_t>(i)];
    EXPECT_GE(made, before);
    // The counter may have run ahead of the clock by what other tests drew, well below a second.
    EXPECT_LE(made, after + 1000);
}

// More ids in a row than 12 bits hold, so the counter must carry into the milliseconds.
TEST(NewJobId, SortsAfterAllIdsMadeBeforeOnAllThreads) {
    constexpr std::size_t per_thread = 50'000;
    std::vector<std::vector<JobId>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& ids : made) {
            threads.emplace_back([&ids] {
                ids.reserve(per_thread);
                for (std::size_t i = 0; i < per_thread; ++i)
                    ids.push_back(new_job_id());
            });
        }
    }
    const auto next = new_job_id();
    std::unordered_set<JobId> all;
    for (const auto& ids : made) {
        EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>{}), ids.end());
        EXPECT_LT(ids.back(), next);
        all.insert(ids.begin(), ids.end());
    }
    EXPECT_EQ(all.size(), made.size() * per_thread);
}

TEST(HashOfJobId, SpreadsIdsThatDifferInOneByte) {
    std::unordered_set<std::size_t> hashes;
    std::unordered_set<std::size_t> low_bits;
    for (std::size_t at = 0; at < 16; ++at) {
        for (int value = 1; value < 256; ++value) {
            JobId id;
            id.bytes[at] = static_cast<std::uint8_t>(value);
            hashes.insert(std::hash<JobId>{}(id));
            low_bits.insert(std::hash<JobId>{}(id) % 4096);
        }
    }
    EXPECT_EQ(hashes.size(), 16U * 255U);
    EXPECT_GT(low_bits.size(), 2000U);  // about 2590 of 4096 for a random spread
}

}  // namespace
}  // namespace errand
