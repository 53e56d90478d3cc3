#include "client/schedule_fires.hpp"

#include "engine/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace errand::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// Jobs that somebody has a schedule make by hand.
class ScheduleFires : public SchedulerTest {};

TEST_F(ScheduleFires, ARehearsalKnowsThatItIsOneAndHasOneAttempt) {
    put("nightly", {.timing = Interval{1h}});
    const auto made = client.find(client::rehearse_schedule(*store, "nightly"));
    ASSERT_TRUE(made);
    EXPECT_EQ(made->max_attempts, 1U);
    EXPECT_TRUE(core::tick_origin(made->meta).rehearsal);
    EXPECT_EQ(store->find_schedule("nightly")->rehearsal, made->id);
    EXPECT_THROW(static_cast<void>(client::rehearse_schedule(*store, "unknown")), Error);
}

TEST_F(ScheduleFires, RunningByHandKeepsToTheOverlapPolicy) {
    put("s", {.timing = Interval{1h}, .overlap = OverlapPolicy::skip});
    const auto first = client::run_schedule(*store, "s");
    ASSERT_TRUE(first);
    EXPECT_EQ(core::tick_origin(client.find(*first)->meta).tick, std::nullopt);
    EXPECT_EQ(client::run_schedule(*store, "s"), std::nullopt);
    EXPECT_EQ(client.cancel(*first), ControlResult::done);
    EXPECT_NE(client::run_schedule(*store, "s"), std::nullopt);
}

TEST_F(ScheduleFires, ABackfillMakesEachPastTickOnce) {
    put("s", {.timing = Interval{1min}, .overlap = OverlapPolicy::skip});
    const auto half = client::backfill_schedule(*store, "s", start - 60min, start - 30min);
    EXPECT_THAT(half, SizeIs(31));
    const auto rest = client::backfill_schedule(*store, "s", start - 60min, start + 24h);
    EXPECT_THAT(rest, SizeIs(30));
    EXPECT_THAT(ticks_of("s"), series(start - 60min, 1min, 61));
    EXPECT_THAT(client::backfill_schedule(*store, "s", start + 1us, start + 24h), IsEmpty());
}

TEST_F(ScheduleFires, ALargeBackfillGoesInSeveralCalls) {
    put("s", {.timing = Interval{1s}});
    std::vector<std::size_t> calls;
    store->before_fire = [&](std::span<const FireRequest> requests) {
        calls.push_back(requests[0].ticks.size());
    };
    EXPECT_THAT(client::backfill_schedule(*store, "s", start - 2'499s, start), SizeIs(2'500));
    EXPECT_THAT(calls, testing::ElementsAre(1'000U, 1'000U, 500U));
    try {
        static_cast<void>(client::backfill_schedule(*store, "s", start - 48h, start));
        FAIL() << "nothing was refused";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
    }
    EXPECT_THAT(calls, SizeIs(3));
}

TEST_F(ScheduleFires, ExcludedTicksAreNotMadeUpFor) {
    const auto yesterday = std::chrono::floor<std::chrono::days>(start) - std::chrono::days{1};
    put("s", {.timing = Interval{12h}, .exclusions = {{yesterday, yesterday}}});
    static_cast<void>(client::backfill_schedule(*store, "s", start - 48h, start));
    EXPECT_THAT(ticks_of("s"), testing::ElementsAre(start - 48h, start - 36h, start));
}

TEST_F(ScheduleFires, ADefinitionThatChangesMeanwhileIsReadAnew) {
    put("s", {.timing = Interval{1h}});
    int changes = 0;
    store->before_fire = [&](std::span<const FireRequest>) {
        if (changes++ == 0) put("s", {.timing = Interval{1h}}, "other");
    };
    const auto made = client::run_schedule(*store, "s");
    ASSERT_TRUE(made);
    EXPECT_EQ(client.find(*made)->type, "other");
    store->before_fire = [&](std::span<const FireRequest>) {
        put("s", {.timing = Interval{1h}}, "type" + std::to_string(++changes));
    };
    EXPECT_THROW(static_cast<void>(client::run_schedule(*store, "s")), Error);
}

}  // namespace
}  // namespace errand::test
