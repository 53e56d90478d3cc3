#include "conformance/suite/schedule_desk.hpp"

#include <errand/limits.hpp>

// Declaring schedules, and their life from draft to armed.

namespace errand::test {

using enum ScheduleState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(StoreContract, SchedulesAreDraftsAtFirst) {
    ScheduleDesk desk{*store_, clock_};
    const ScheduleDefinition definition = desk.every_minute();
    desk.put(definition);
    const ScheduleView now = desk.view();
    EXPECT_EQ(now.definition, definition);
    EXPECT_EQ(now.state, draft);
    EXPECT_EQ(now.revision, 1U);
    EXPECT_EQ(now.changed_at, store_->now());
    EXPECT_EQ(now.changed_by, "ada");
    EXPECT_FALSE(now.last_job);
    EXPECT_FALSE(now.rehearsal);
    EXPECT_EQ(now.rehearsal_revision, 0U);
    EXPECT_THAT(desk.history(), IsEmpty());
}

TEST_P(StoreContract, SchedulesKeepAllOfTheirDefinition) {
    ScheduleDesk desk{*store_, clock_};
    ScheduleDefinition definition = desk.every_minute();
    definition.spec = parse_schedule_spec(
        R"({"cron":"30 2 * * MON-FRI","timezone":"Europe/Berlin","dst":"skip","jitter":"30s",)"
        R"("start":"2026-01-01T00:00:00Z","end":"2030-01-01T00:00:00Z","misfire":"all",)"
        R"("exclusions":["2026-12-24/2026-12-26"],"overlap":"skip","catchup_window":"2h"})");
    definition.job.args = R"([{"n":1.00000000000000000001}])";
    definition.job.meta = R"({"team":"billing"})";
    definition.job.tags = {"red", "b l u e"};
    definition.job.key = "ledger";
    definition.job.weight = 3;
    definition.job.priority = -4;
    definition.job.max_attempts = 2;
    definition.job.retry = RetryPolicy::fixed(30s);
    definition.job.timeout = 90s;
    definition.expires_in = 1h;
    definition.require_rehearsal = true;
    desk.put(definition);
    EXPECT_EQ(desk.view().definition, definition);
    desk.put(definition, ScheduleChange::unchanged);
}

TEST_P(StoreContract, SchedulesCountTheirRevisions) {
    ScheduleDesk desk{*store_, clock_};
    ScheduleDefinition definition = desk.every_minute();
    desk.put(definition);
    const ScheduleView first = desk.view();
    clock_.advance(1s);
    EXPECT_EQ(store_->put_schedule(definition, "eve"), ScheduleChange::unchanged);
    EXPECT_EQ(desk.view().version, first.version);
    EXPECT_EQ(desk.view().changed_by, "ada");
    definition.job.args = "[1]";
    desk.put(definition, ScheduleChange::changed);
    EXPECT_EQ(desk.view().revision, 2U);
    EXPECT_GT(desk.view().version, first.version);
    EXPECT_EQ(desk.view().changed_at, store_->now());
    EXPECT_EQ(desk.view().definition, definition);
}

TEST_P(StoreContract, SchedulesAreNotDeclaredWrongly) {
    ScheduleDesk desk{*store_, clock_};
    const auto refused = [&](const auto& change) {
        ScheduleDefinition definition = desk.every_minute();
        change(definition);
        expect_error(ErrorCode::invalid_argument, [&] { store_->put_schedule(definition, "ada"); });
    };
    refused([](ScheduleDefinition& definition) { definition.name = "a b"; });
    refused([](ScheduleDefinition& definition) { definition.job.type = ""; });
    refused([](ScheduleDefinition& definition) { definition.job.args = "7"; });
    refused([](ScheduleDefinition& definition) { definition.job.unique_key = "u"; });
    refused([](ScheduleDefinition& definition) { definition.spec.timing = Interval{1us}; });
    ScheduleDefinition large = desk.every_minute();
    large.job.args = "[\"" + std::string(Limits{}.args_bytes, 'x') + "\"]";
    expect_error(ErrorCode::limit_exceeded, [&] { store_->put_schedule(large, "ada"); });
    EXPECT_THAT(desk.names_after(0), IsEmpty());
}

TEST_P(StoreContract, SchedulesCutLongNamesOfPeople) {
    ScheduleDesk desk{*store_, clock_};
    EXPECT_EQ(store_->put_schedule(desk.every_minute(), std::string(500, 'a') + "\xFF"),
              ScheduleChange::created);
    EXPECT_LE(desk.view().changed_by.size(), max_paused_by_bytes);
    EXPECT_THAT(desk.view().changed_by, ::testing::StartsWith("aaa"));
}

TEST_P(StoreContract, SchedulesAreUnknownUntilDeclared) {
    ScheduleDesk desk{*store_, clock_};
    EXPECT_FALSE(store_->find_schedule("s"));
    EXPECT_FALSE(store_->remove_schedule("s"));
    EXPECT_THAT(desk.history(), IsEmpty());
    for (const auto state : {rehearsed, armed, paused})
        expect_error(ErrorCode::not_found, [&] { desk.set(state); });
}

TEST_P(StoreContract, SchedulesAreArmedAndPaused) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(desk.every_minute());
    clock_.advance(1h);
    desk.set(armed);
    EXPECT_EQ(desk.state(), armed);
    EXPECT_EQ(desk.view().last_tick, store_->now());
    EXPECT_EQ(desk.view().changed_by, "bob");
    const ScheduleView before = desk.view();
    clock_.advance(1h);
    desk.set(armed);
    EXPECT_EQ(desk.view().last_tick, before.last_tick);
    EXPECT_EQ(desk.view().version, before.version);
    desk.set(paused);
    EXPECT_EQ(desk.state(), paused);
    EXPECT_GT(desk.view().version, before.version);
    clock_.advance(1h);
    desk.set(armed);
    EXPECT_EQ(desk.view().last_tick, store_->now());
    EXPECT_EQ(desk.view().revision, 1U);
}

TEST_P(StoreContract, SchedulesBecomeNoDraftsByThemselves) {
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    expect_error(ErrorCode::invalid_argument, [&] { desk.set(draft); });
    EXPECT_EQ(desk.state(), armed);
}

TEST_P(StoreContract, SchedulesNeverDealWithATickTwiceWhenTheClockGoesBack) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    const Timestamp before = store_->now();
    desk.set(paused);
    clock_.advance(-1h);
    desk.set(armed);
    EXPECT_EQ(desk.view().last_tick, before);
}

TEST_P(StoreContract, SchedulesKeepTheirStateThroughAChange) {
    ScheduleDesk desk{*store_, clock_};
    ScheduleDefinition definition = desk.every_minute();
    desk.add_armed(definition);
    const Timestamp armed_at = desk.view().last_tick;
    clock_.advance(1h);
    definition.job.queue = "other";
    desk.put(definition, ScheduleChange::changed);
    EXPECT_EQ(desk.state(), armed);
    EXPECT_EQ(desk.view().last_tick, armed_at);
    desk.set(paused);
    definition.job.queue = "default";
    desk.put(definition, ScheduleChange::changed);
    EXPECT_EQ(desk.state(), paused);
    definition.require_rehearsal = true;
    desk.put(definition, ScheduleChange::changed);
    EXPECT_EQ(desk.state(), draft);
}

TEST_P(StoreContract, SchedulesCannotBeArmedBeforeTheirRehearsal) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(desk.to_rehearse());
    const auto refused = [&] { expect_error(ErrorCode::conflict, [&] { desk.set(armed); }); };
    refused();
    desk.set(paused);
    refused();
    const JobId job = desk.fire_now(FireKind::rehearsal);
    EXPECT_EQ(desk.view().rehearsal, job);
    EXPECT_EQ(desk.view().rehearsal_revision, 1U);
    refused();
    complete(claim_one());
    desk.set(armed);
    EXPECT_EQ(desk.state(), armed);
}

TEST_P(StoreContract, SchedulesCountNoRehearsalThatFailed) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(desk.to_rehearse());
    desk.fire_now(FireKind::rehearsal);
    settle(to(claim_one(), JobState::discarded));
    expect_error(ErrorCode::conflict, [&] { desk.set(armed); });
    expect_error(ErrorCode::conflict, [&] { desk.set(rehearsed); });
    EXPECT_EQ(desk.state(), draft);
    desk.fire_now(FireKind::rehearsal);
    complete(claim_one());
    desk.set(rehearsed);
    EXPECT_EQ(desk.state(), rehearsed);
}

TEST_P(StoreContract, SchedulesCountNoRehearsalOfAnEarlierDefinition) {
    ScheduleDesk desk{*store_, clock_};
    ScheduleDefinition definition = desk.to_rehearse();
    desk.put(definition);
    desk.fire_now(FireKind::rehearsal);
    complete(claim_one());
    desk.set(rehearsed);
    definition.job.args = "[2]";
    desk.put(definition, ScheduleChange::changed);
    EXPECT_EQ(desk.state(), draft);
    expect_error(ErrorCode::conflict, [&] { desk.set(armed); });
    expect_error(ErrorCode::conflict, [&] { desk.set(rehearsed); });
}

TEST_P(StoreContract, SchedulesRememberARehearsalWhoseJobWasPruned) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(desk.to_rehearse());
    const JobId job = desk.fire_now(FireKind::rehearsal);
    complete(claim_one());
    desk.set(rehearsed);
    EXPECT_EQ(remove(job), ControlResult::done);
    desk.set(paused);
    desk.set(armed);
    EXPECT_EQ(desk.state(), armed);
}

TEST_P(StoreContract, SchedulesForgetARehearsalThatNobodyNoted) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(desk.to_rehearse());
    const JobId job = desk.fire_now(FireKind::rehearsal);
    complete(claim_one());
    EXPECT_EQ(remove(job), ControlResult::done);
    expect_error(ErrorCode::conflict, [&] { desk.set(armed); });
}

TEST_P(StoreContract, SchedulesStayArmedWhenARehearsalIsNoted) {
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    desk.fire_now(FireKind::rehearsal);
    complete(claim_one());
    const std::uint64_t version = desk.view().version;
    desk.set(rehearsed);
    EXPECT_EQ(desk.state(), armed);
    EXPECT_EQ(desk.view().version, version);
}

TEST_P(StoreContract, SchedulesAreReadInPagesByTheirChanges) {
    ScheduleDesk desk{*store_, clock_};
    for (const char* const name : {"c", "a", "b"})
        desk.put(desk.every_minute(name));
    EXPECT_THAT(desk.names_after(0), ElementsAre("c", "a", "b"));
    EXPECT_THAT(desk.names_after(0, 2), ElementsAre("c", "a"));
    const std::uint64_t seen = desk.view("b").version;
    EXPECT_THAT(desk.names_after(desk.view("a").version), ElementsAre("b"));
    EXPECT_THAT(desk.names_after(seen), IsEmpty());
    store_->set_schedule_state("c", armed, "ada");
    EXPECT_THAT(desk.names_after(seen), ElementsAre("c"));
    desk.fire_now(FireKind::run_now, "a");
    EXPECT_THAT(desk.names_after(seen), ElementsAre("c")) << "firing is no change";
    EXPECT_THAT(desk.names_after(0), ElementsAre("a", "b", "c"));
    EXPECT_THAT(desk.names_after(~std::uint64_t{0}), IsEmpty());
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->schedules_after(0, 0); });
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->schedules_after(0, 10'001); });
}

TEST_P(StoreContract, SchedulesGoWithTheirHistoryAndLeaveTheirJobs) {
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    const JobId job = desk.next_tick().at(0);
    const std::uint64_t version = desk.view().version;
    EXPECT_TRUE(store_->remove_schedule("s"));
    EXPECT_FALSE(store_->find_schedule("s"));
    EXPECT_THAT(desk.names_after(0), IsEmpty());
    EXPECT_THAT(desk.history(), IsEmpty());
    EXPECT_EQ(state(job), JobState::available);
    desk.put(desk.every_minute());
    EXPECT_EQ(desk.state(), draft);
    EXPECT_GT(desk.view().version, version);
    EXPECT_THAT(desk.history(), IsEmpty());
}

TEST_P(StoreContract, SchedulesAreInTheStoreAndNotInTheProcess) {
    REQUIRE_PERSISTENCE();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    desk.next_tick();
    const ScheduleView before = desk.view();
    const auto other = open();
    const auto there = other->find_schedule("s");
    ASSERT_TRUE(there);
    EXPECT_EQ(there->definition, before.definition);
    EXPECT_EQ(there->state, armed);
    EXPECT_EQ(there->last_tick, before.last_tick);
    EXPECT_EQ(there->last_job, before.last_job);
    EXPECT_EQ(other->schedule_history("s", 0, 10).size(), 1U);
    EXPECT_EQ(other->put_schedule(before.definition, "eve"), ScheduleChange::unchanged);
}

TEST_P(StoreContract, SchedulesWakeThoseWhoWatchThem) {
    ScheduleDesk desk{*store_, clock_};
    expect_wakes(*store_, WakeChannel::control, [&] { desk.put(desk.every_minute()); });
    expect_wakes(*store_, WakeChannel::control, [&] { desk.set(armed); });
    expect_wakes(*store_, WakeChannel::control, [&] { store_->remove_schedule("s"); });
}

TEST_P(StoreContract, SchedulesAgreeInACheck) {
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    desk.next_tick();
    for (const CheckFinding& finding : store_->check()) {
        if (finding.what == "schedules" || finding.what == "integrity") {
            EXPECT_TRUE(finding.ok) << finding.detail;
        }
    }
}

}  // namespace errand::test
