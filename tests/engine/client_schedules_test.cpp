#include "engine/support.hpp"
#include "support/manual_clock.hpp"

#include <gmock/gmock.h>

namespace errand::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Schedules as a program uses them, on a store whose clock is moved by hand.
class ClientSchedules : public testing::Test {
protected:
    static ScheduleDefinition every_minute(std::string name) {
        ScheduleDefinition definition{std::move(name), {.timing = Interval{1min}}, {}, {}, false};
        definition.job.type = "t";
        return definition;
    }

    /// The code of the Error that `call` throws, and that its message has `part` in it.
    template <class F>
    static std::optional<ErrorCode> error_of(F call, std::string_view part) {
        try {
            static_cast<void>(call());
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr(std::string{part}));
            return error.code();
        }
        return {};
    }

    ManualClock clock;
    std::shared_ptr<Store> store = open_store("memory:", {.limits = {}, .clock = &clock});
    Client client{store};
};

TEST_F(ClientSchedules, AreDeclaredArmedAndPaused) {
    auto definition = every_minute("s");
    definition.job.args = R"({"a":1})";
    EXPECT_EQ(client.put_schedule(definition, "ada"), ScheduleChange::created);
    EXPECT_EQ(client.put_schedule(definition, "ada"), ScheduleChange::unchanged);
    EXPECT_EQ(client.find_schedule("s")->definition.job.args, R"([{"a":1}])");
    client.arm_schedule("s", "bob");
    EXPECT_EQ(client.find_schedule("s")->state, ScheduleState::armed);
    EXPECT_EQ(client.find_schedule("s")->changed_by, "bob");
    client.pause_schedule("s");
    EXPECT_EQ(client.find_schedule("s")->state, ScheduleState::paused);
    EXPECT_TRUE(client.remove_schedule("s"));
    EXPECT_FALSE(client.remove_schedule("s"));
    EXPECT_FALSE(client.find_schedule("s"));
}

TEST_F(ClientSchedules, AreRefusedBeforeTheStoreSeesThem) {
    auto definition = every_minute("s");
    definition.spec.timezone = "Europe/Berlim";
    EXPECT_EQ(error_of([&] { return client.put_schedule(definition); }, "Europe/Berlin"),
              ErrorCode::invalid_argument);
    EXPECT_EQ(error_of([&] { return client.put_schedule(every_minute("no name")); }, "no name"),
              ErrorCode::invalid_argument);
    EXPECT_THAT(client.schedules(), SizeIs(0));
}

TEST_F(ClientSchedules, AreListedByName) {
    for (const char* const name : {"c", "a", "b"})
        client.put_schedule(every_minute(name));
    client.arm_schedule("a");
    std::vector<std::string> names;
    for (const auto& view : client.schedules())
        names.push_back(view.definition.name);
    EXPECT_THAT(names, ElementsAre("a", "b", "c"));
}

TEST_F(ClientSchedules, MakeJobsByHand) {
    auto definition = every_minute("s");
    definition.spec.overlap = OverlapPolicy::skip;
    client.put_schedule(definition);
    const JobId rehearsal = client.rehearse_schedule("s");
    const JobId job = client.run_schedule_now("s");
    EXPECT_EQ(error_of([&] { return client.run_schedule_now("s"); }, "unfinished"),
              ErrorCode::conflict);
    EXPECT_EQ(error_of([&] { return client.run_schedule_now("r"); }, "r"), ErrorCode::not_found);
    const auto lines = client.schedule_history("s");
    ASSERT_THAT(lines, SizeIs(3));
    EXPECT_EQ(lines[0].skipped, SkipReason::overlap);
    EXPECT_EQ(lines[1].job, job);
    EXPECT_EQ(lines[2].job, rehearsal);
    EXPECT_THAT(client.schedule_history("s", 1), SizeIs(1));
    EXPECT_EQ(client.schedule_history("s", 1, lines[1].seq).at(0).job, rehearsal);
}

TEST_F(ClientSchedules, AreBackfilledOnce) {
    client.put_schedule(every_minute("s"));
    const auto now = clock.now();
    EXPECT_EQ(client.backfill_schedule("s", now - 10min, now - 5min), 6U);
    EXPECT_EQ(client.backfill_schedule("s", now - 10min, now + 1h), 5U);
    EXPECT_EQ(client.backfill_schedule("s", now - 10min, now), 0U);
    EXPECT_EQ(client.stats().states.at(JobState::available), 11U);
}

}  // namespace
}  // namespace errand::test
