#include "engine/armed_schedules.hpp"

#include "base/zone_database.hpp"

#include <gmock/gmock.h>

namespace errand::engine {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

const Timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 12h};

ArmedSchedule hourly(const std::string& name, std::optional<Timestamp> next_at) {
    ScheduleDefinition definition{.name = name, .spec = {.timing = Interval{1h}}, .job = {}};
    core::SchedulePlan plan{name, definition.spec, base::system_zones().find("UTC")};
    return {.definition = std::move(definition),
            .revision = 1,
            .plan = std::move(plan),
            .last_tick = {},
            .next_at = next_at};
}

std::vector<std::string> names(const std::vector<ArmedSchedule*>& schedules) {
    std::vector<std::string> result;
    for (const auto* schedule : schedules)
        result.push_back(schedule->definition.name);
    return result;
}

TEST(ArmedSchedules, TheEarliestIsFirstAndEqualTimesStandInTheOrderOfArrival) {
    ArmedSchedules schedules;
    EXPECT_EQ(schedules.next_at(), std::nullopt);
    schedules.put(hourly("later", noon + 1s));
    schedules.put(hourly("b", noon));
    schedules.put(hourly("a", noon));
    schedules.put(hourly("never", std::nullopt));
    EXPECT_EQ(schedules.next_at(), noon);
    EXPECT_THAT(names(schedules.due(noon - 1us, 10)), ElementsAre());
    EXPECT_THAT(names(schedules.due(noon, 10)), ElementsAre("b", "a"));
    EXPECT_THAT(names(schedules.due(noon + 1s, 2)), ElementsAre("b", "a"));
    EXPECT_THAT(names(schedules.due(noon + 1h, 10)), ElementsAre("b", "a", "later"));
}

TEST(ArmedSchedules, OneOfTheSameNameIsReplaced) {
    ArmedSchedules schedules;
    schedules.put(hourly("a", noon));
    schedules.put(hourly("a", noon + 1h));
    EXPECT_EQ(schedules.size(), 1U);
    EXPECT_EQ(schedules.next_at(), noon + 1h);
}

TEST(ArmedSchedules, WhatIsMovedOrRemovedIsDueAtNoOtherTime) {
    ArmedSchedules schedules;
    schedules.put(hourly("a", noon));
    schedules.put(hourly("b", noon));
    schedules.set_next(*schedules.find("a"), noon + 2h);
    EXPECT_THAT(names(schedules.due(noon + 1h, 10)), ElementsAre("b"));
    schedules.remove("b");
    schedules.remove("unknown");
    EXPECT_EQ(schedules.next_at(), noon + 2h);
    schedules.set_next(*schedules.find("a"), std::nullopt);
    EXPECT_EQ(schedules.next_at(), std::nullopt);
    EXPECT_EQ(schedules.find("b"), nullptr);
    EXPECT_EQ(schedules.size(), 1U);
}

}  // namespace
}  // namespace errand::engine
