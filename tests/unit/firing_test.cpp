#include "core/schedule/firing.hpp"

#include "unit/expect_error.hpp"

namespace errand {
namespace {

using namespace std::chrono_literals;
using core::ScheduleStanding;
using test::message_of_error;
using test::message_of_refusal;
using ::testing::HasSubstr;

const Timestamp now = parse_timestamp("2026-01-31T08:00:00Z");

Timestamp at(int minutes) {
    return now + std::chrono::minutes{minutes};
}

FireRequest request_for(FireKind kind, std::initializer_list<int> minutes) {
    FireRequest request;
    request.schedule = "nightly";
    request.revision = 1;
    request.kind = kind;
    request.after = at(-60);
    request.last_tick = now;
    for (const int minute : minutes) {
        request.ticks.push_back({.tick = at(minute), .job = {}});
        request.ticks.back().job.id = new_job_id();
    }
    return request;
}

std::string refusal(const FireRequest& request, ErrorCode code = ErrorCode::invalid_argument) {
    return message_of_error(code, [&] { core::check_fire_request(request, now); });
}

// --- states ---

TEST(ScheduleStates, GoOnFromADraft) {
    ScheduleStanding standing;
    EXPECT_TRUE(core::change_state(standing, ScheduleState::armed, false, now));
    EXPECT_EQ(standing.state, ScheduleState::armed);
    EXPECT_EQ(standing.last_tick, now);
    EXPECT_FALSE(core::change_state(standing, ScheduleState::armed, false, at(1)));
    EXPECT_EQ(standing.last_tick, now);
    EXPECT_TRUE(core::change_state(standing, ScheduleState::paused, false, at(2)));
    EXPECT_FALSE(core::change_state(standing, ScheduleState::paused, false, at(3)));
    EXPECT_TRUE(core::change_state(standing, ScheduleState::armed, false, at(4)));
    EXPECT_EQ(standing.last_tick, at(4));
    EXPECT_THAT(message_of_refusal(
                    [&] { (void)core::change_state(standing, ScheduleState::draft, false, now); }),
                HasSubstr("pause it"));
}

TEST(ScheduleStates, NeverGoBackInTime) {
    ScheduleStanding standing{.last_tick = at(30)};
    EXPECT_TRUE(core::change_state(standing, ScheduleState::armed, false, now));
    EXPECT_EQ(standing.last_tick, at(30));
}

TEST(ScheduleStates, WaitForTheRehearsalThatIsRequired) {
    ScheduleStanding standing{.revision = 2, .require_rehearsal = true};
    const auto arm = [&](bool completed) {
        return core::change_state(standing, ScheduleState::armed, completed, now);
    };
    const auto refused = [&](bool completed) {
        return message_of_error(ErrorCode::conflict, [&] { (void)arm(completed); });
    };
    EXPECT_FALSE(core::depends_on_rehearsal(standing, ScheduleState::armed));
    EXPECT_THAT(refused(false), HasSubstr("rehearse it first"));
    standing.rehearsal_revision = 1;
    EXPECT_THAT(refused(true), HasSubstr("rehearse it first")) << "of an earlier definition";
    standing.rehearsal_revision = 2;
    EXPECT_TRUE(core::depends_on_rehearsal(standing, ScheduleState::armed));
    EXPECT_FALSE(core::depends_on_rehearsal(standing, ScheduleState::paused));
    EXPECT_THAT(refused(false), HasSubstr("rehearse it again"));
    EXPECT_EQ(standing.state, ScheduleState::draft);
    EXPECT_TRUE(arm(true));
    EXPECT_EQ(standing.rehearsed_revision, 2U);
}

TEST(ScheduleStates, RememberASuccessfulRehearsal) {
    ScheduleStanding standing{.rehearsal_revision = 1};
    EXPECT_THAT(
        message_of_error(
            ErrorCode::conflict,
            [&] { (void)core::change_state(standing, ScheduleState::rehearsed, false, now); }),
        HasSubstr("rehearse it again"));
    EXPECT_TRUE(core::change_state(standing, ScheduleState::rehearsed, true, now));
    EXPECT_EQ(standing.state, ScheduleState::rehearsed);
    standing.require_rehearsal = true;
    EXPECT_TRUE(core::change_state(standing, ScheduleState::paused, false, now));
    EXPECT_FALSE(core::change_state(standing, ScheduleState::rehearsed, false, now));
    EXPECT_FALSE(core::depends_on_rehearsal(standing, ScheduleState::armed));
    EXPECT_TRUE(core::change_state(standing, ScheduleState::armed, false, now));
}

TEST(ScheduleStates, ADraftCannotSlipPastItsRehearsalByAPause) {
    ScheduleStanding standing{.require_rehearsal = true};
    EXPECT_TRUE(core::change_state(standing, ScheduleState::paused, false, now));
    EXPECT_THAT(message_of_error(
                    ErrorCode::conflict,
                    [&] { (void)core::change_state(standing, ScheduleState::armed, false, now); }),
                HasSubstr("rehearse"));
}

TEST(ScheduleStates, SurviveAChangeUnlessARehearsalIsAtStake) {
    using enum ScheduleState;
    EXPECT_EQ(core::state_after_change(armed, false), armed);
    EXPECT_EQ(core::state_after_change(paused, false), paused);
    EXPECT_EQ(core::state_after_change(draft, false), draft);
    EXPECT_EQ(core::state_after_change(rehearsed, false), draft);
    EXPECT_EQ(core::state_after_change(armed, true), draft);
    EXPECT_EQ(core::state_after_change(paused, true), draft);
}

// --- requests ---

TEST(FireVerdict, ComparesWhatTheRequestWasDecidedFrom) {
    using enum FireResult::Kind;
    ScheduleStanding standing{.state = ScheduleState::armed, .last_tick = at(-60)};
    FireRequest request = request_for(FireKind::tick, {-1});
    EXPECT_EQ(core::verdict(standing, request), recorded);
    request.after = at(-61);
    EXPECT_EQ(core::verdict(standing, request), stale);
    request.after = at(-60);
    standing.state = ScheduleState::paused;
    EXPECT_EQ(core::verdict(standing, request), unarmed);
    for (const auto kind : {FireKind::run_now, FireKind::rehearsal, FireKind::backfill}) {
        EXPECT_EQ(core::verdict(standing, request_for(kind, {-1})), recorded);
    }
    standing.revision = 2;
    for (const auto kind :
         {FireKind::tick, FireKind::run_now, FireKind::rehearsal, FireKind::backfill}) {
        EXPECT_EQ(core::verdict(standing, request_for(kind, {-1})), stale);
    }
}

TEST(FireCheck, WantsTicksInOrderAndWithinTheSpan) {
    EXPECT_NO_THROW(core::check_fire_request(request_for(FireKind::tick, {-59, -30, 0}), now));
    EXPECT_THAT(refusal(request_for(FireKind::tick, {-1, -1})), HasSubstr("not in order"));
    EXPECT_THAT(refusal(request_for(FireKind::backfill, {-1, -2})), HasSubstr("not in order"));
    EXPECT_THAT(refusal(request_for(FireKind::tick, {-60})), HasSubstr("between after"));
    FireRequest skips = request_for(FireKind::tick, {});
    skips.skipped.push_back({.first = at(-60), .last = at(-50), .count = 2});
    EXPECT_THAT(refusal(skips), HasSubstr("between after"));
    FireRequest standing_still = request_for(FireKind::tick, {});
    standing_still.after = now;
    EXPECT_THAT(refusal(standing_still), HasSubstr("not later than after"));
}

TEST(FireCheck, DealsWithNoTickBeforeItsTime) {
    FireRequest early = request_for(FireKind::tick, {-1});
    early.last_tick = now + 1us;
    EXPECT_THAT(refusal(early, ErrorCode::conflict), HasSubstr("lies in the future"));
    EXPECT_THAT(refusal(request_for(FireKind::backfill, {-1, 1}), ErrorCode::conflict),
                HasSubstr("lies in the future"));
}

TEST(FireCheck, WantsJobsThatMayBeMade) {
    FireRequest nil = request_for(FireKind::backfill, {-1});
    nil.ticks.front().job.id = JobId{};
    EXPECT_THAT(refusal(nil), HasSubstr("nil"));
    FireRequest unique = request_for(FireKind::backfill, {-1});
    unique.ticks.front().job.unique_key = "u";
    EXPECT_THAT(refusal(unique), HasSubstr("unique key"));
    EXPECT_THAT(refusal(request_for(FireKind::run_now, {})), HasSubstr("give one tick"));
    EXPECT_THAT(refusal(request_for(FireKind::rehearsal, {-2, -1})), HasSubstr("give one tick"));
    EXPECT_NO_THROW(core::check_fire_request(request_for(FireKind::run_now, {5}), now));
}

TEST(Backfill, LeavesToAnArmedScheduleWhatItWillComeTo) {
    const ScheduleStanding armed{.state = ScheduleState::armed, .last_tick = at(-10)};
    EXPECT_TRUE(core::is_to_backfill(armed, at(-10)));
    EXPECT_FALSE(core::is_to_backfill(armed, at(-9)));
    const ScheduleStanding draft{};
    EXPECT_TRUE(core::is_to_backfill(draft, at(-9)));
}

// --- history ---

TEST(FireLines, StandInTheOrderOfTheirTicks) {
    FireRequest request = request_for(FireKind::tick, {-40, -20});
    request.skipped = {{at(-50), at(-45), 3, true, SkipReason::missed},
                       {at(-30), at(-30), 1, true, SkipReason::excluded},
                       {at(-10), at(-5), 9, false, SkipReason::too_late}};
    core::FireLines lines{request, now};
    const JobId job = new_job_id();
    lines.add_made(at(-40), job);
    lines.add_overlap(at(-20));
    const auto taken = lines.take();
    ASSERT_EQ(taken.size(), 5U);
    EXPECT_EQ(taken[0].skipped, SkipReason::missed);
    EXPECT_EQ(taken[0].count, 3U);
    EXPECT_EQ(taken[0].tick, at(-50));
    EXPECT_EQ(taken[0].last, at(-45));
    EXPECT_EQ(taken[1].job, job);
    EXPECT_EQ(taken[1].tick, at(-40));
    EXPECT_EQ(taken[1].at, now);
    EXPECT_FALSE(taken[1].skipped);
    EXPECT_EQ(taken[2].skipped, SkipReason::excluded);
    EXPECT_EQ(taken[3].skipped, SkipReason::overlap);
    EXPECT_EQ(taken[4].skipped, SkipReason::too_late);
    EXPECT_FALSE(taken[4].is_counted);
}

TEST(FireLines, JoinNeighboursThatOverlapSkipped) {
    const FireRequest request = request_for(FireKind::tick, {-40, -30, -20, -10});
    core::FireLines lines{request, now};
    lines.add_overlap(at(-40));
    lines.add_overlap(at(-30));
    lines.add_made(at(-20), new_job_id());
    lines.add_overlap(at(-10));
    const auto taken = lines.take();
    ASSERT_EQ(taken.size(), 3U);
    EXPECT_EQ(taken[0].tick, at(-40));
    EXPECT_EQ(taken[0].last, at(-30));
    EXPECT_EQ(taken[0].count, 2U);
    EXPECT_EQ(taken[2].count, 1U);
}

TEST(FireLines, KnowWhatIsNoTickByWhenItWasAskedFor) {
    const FireRequest request = request_for(FireKind::run_now, {-40});
    core::FireLines lines{request, now};
    lines.add_made(at(-40), new_job_id());
    EXPECT_EQ(lines.take().front().tick, now);
}

TEST(ForgottenTicks, AreTheSpansOfWhatWasDropped) {
    core::ForgottenTicks forgotten;
    const auto drop = [&](FireKind kind, int minute, bool made = true) {
        FireRecord record{.kind = kind, .tick = at(minute), .last = at(minute)};
        if (made) record.job = new_job_id();
        forgotten.note(record);
    };
    const auto refused = [&](int minute) {
        try {
            forgotten.check(request_for(FireKind::backfill, {minute}));
            return false;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::conflict);
            return true;
        }
    };
    drop(FireKind::run_now, -500);
    drop(FireKind::tick, -400, false);
    EXPECT_FALSE(refused(-500));
    EXPECT_FALSE(refused(-400));
    drop(FireKind::tick, -50);
    drop(FireKind::tick, -30);
    EXPECT_FALSE(refused(-51));
    EXPECT_TRUE(refused(-50));
    EXPECT_TRUE(refused(-40));
    EXPECT_TRUE(refused(-30));
    EXPECT_FALSE(refused(-29));
    drop(FireKind::backfill, -300);
    drop(FireKind::backfill, -290);
    EXPECT_TRUE(refused(-295));
    EXPECT_FALSE(refused(-100)) << "between the two kinds";
}

}  // namespace
}  // namespace errand
