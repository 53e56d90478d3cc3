#include "conformance/suite/schedule_desk.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <set>
#include <thread>

// Firing: each tick makes its job once, and what becomes of ticks that find an earlier job there.

namespace errand::test {

using Kind = FireResult::Kind;
using enum ScheduleState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

ScheduleDefinition with(OverlapPolicy overlap) {
    ScheduleDefinition definition = ScheduleDesk::every_minute();
    definition.spec.overlap = overlap;
    return definition;
}

/// `count` minutes that end now.
std::vector<Timestamp> minutes_until(Timestamp now, int count) {
    std::vector<Timestamp> ticks;
    for (int back = count - 1; back >= 0; --back)
        ticks.push_back(now - std::chrono::minutes{back});
    return ticks;
}

}  // namespace

TEST_P(StoreContract, FireMakesTheJobAndRemembersTheTick) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    clock_.advance(1min);
    const FireRequest request = desk.request(FireKind::tick, {store_->now()});
    const FireResult result = desk.fire(request);
    EXPECT_EQ(result.kind, Kind::recorded);
    EXPECT_EQ(result.revision, 1U);
    EXPECT_EQ(result.last_tick, store_->now());
    ASSERT_THAT(result.jobs, ElementsAre(request.ticks[0].job.id));
    const Job job = get(result.jobs[0]);
    EXPECT_EQ(job.state, JobState::available);
    EXPECT_EQ(job.meta, request.ticks[0].job.meta);
    EXPECT_EQ(desk.view().last_tick, store_->now());
    EXPECT_EQ(desk.view().last_job, job.id);
    EXPECT_EQ(claim_one().ref.id, job.id);
}

TEST_P(StoreContract, FireMakesOneJobOfATickThatTwoAskFor) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    clock_.advance(1min);
    const FireRequest first = desk.request(FireKind::tick, {store_->now()});
    const FireRequest second = desk.request(FireKind::tick, {store_->now()});
    EXPECT_EQ(desk.fire(first).kind, Kind::recorded);
    for (const FireRequest& late : {second, first}) {
        const FireResult result = desk.fire(late);
        EXPECT_EQ(result.kind, Kind::stale);
        EXPECT_EQ(result.last_tick, store_->now()) << "so that the loser knows where to go on";
        EXPECT_THAT(result.jobs, IsEmpty());
    }
    EXPECT_EQ(store_->stats().states[JobState::available], 1U);
    EXPECT_THAT(desk.history(), SizeIs(1));
}

TEST_P(StoreContract, FireMakesOneJobOfATickThatManyThreadsAskFor) {
    REQUIRE_VIRTUAL_CLOCK();
    constexpr int threads = 4;
    constexpr int ticks = 25;
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    std::barrier in_step{threads, [&]() noexcept { clock_.advance(1min); }};
    std::atomic<int> recorded = 0;
    {
        std::vector<std::jthread> racers;
        for (int i = 0; i < threads; ++i) {
            racers.emplace_back([&] {
                ScheduleDesk own{*store_, clock_};
                for (int tick = 0; tick < ticks; ++tick) {
                    in_step.arrive_and_wait();
                    const FireRequest request = own.request(FireKind::tick, {});
                    in_step.arrive_and_wait();
                    FireRequest mine = request;
                    mine.last_tick = store_->now();
                    mine.ticks = own.request(FireKind::tick, {store_->now()}).ticks;
                    recorded += own.fire(mine).kind == Kind::recorded;
                }
            });
        }
    }
    EXPECT_EQ(recorded, ticks);
    EXPECT_EQ(store_->stats().states[JobState::available], static_cast<std::uint64_t>(ticks));
}

TEST_P(StoreContract, FireIsForArmedSchedules) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    clock_.advance(1min);
    FireRequest request = desk.request(FireKind::tick, {store_->now()});
    desk.set(paused);
    EXPECT_EQ(desk.fire(request).kind, Kind::unarmed);
    desk.set(armed);
    EXPECT_EQ(desk.fire(request).kind, Kind::stale) << "ticks of the pause are left out";
    request.schedule = "nobody";
    EXPECT_EQ(desk.fire(request).kind, Kind::gone);
    EXPECT_TRUE(store_->remove_schedule("s"));
    request.schedule = "s";
    EXPECT_EQ(desk.fire(request).kind, Kind::gone);
    EXPECT_EQ(store_->stats().states[JobState::available], 0U);
}

TEST_P(StoreContract, FireIsNotForAnEarlierDefinition) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    ScheduleDefinition definition = ScheduleDesk::every_minute();
    desk.add_armed(definition);
    clock_.advance(1min);
    std::vector<FireRequest> requests;
    for (const auto kind :
         {FireKind::tick, FireKind::run_now, FireKind::rehearsal, FireKind::backfill})
        requests.push_back(desk.request(kind, {store_->now()}));
    definition.job.args = "[1]";
    desk.put(definition, ScheduleChange::changed);
    for (const FireResult& result : store_->fire(requests)) {
        EXPECT_EQ(result.kind, Kind::stale);
        EXPECT_EQ(result.revision, 2U);
    }
    EXPECT_THAT(desk.history(), IsEmpty());
}

TEST_P(StoreContract, FireOutsideTheRulesChangesNothing) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    clock_.advance(10min);
    const Timestamp now = store_->now();
    const FireRequest good = desk.request(FireKind::tick, {now});
    const auto refused = [&](ErrorCode code, const auto& change) {
        std::vector<FireRequest> requests{good, good};
        requests[1] = desk.request(FireKind::tick, {now});
        change(requests[1]);
        expect_error(code, [&] { (void)store_->fire(requests); });
    };
    refused(ErrorCode::conflict, [](FireRequest& one) {
        one.last_tick += 1us;
        one.ticks[0].tick += 1us;
    });
    refused(ErrorCode::conflict, [](FireRequest& one) {
        one.kind = FireKind::backfill;
        one.ticks[0].tick += 1s;
    });
    refused(ErrorCode::invalid_argument, [](FireRequest& one) { one.last_tick = one.after; });
    refused(ErrorCode::invalid_argument, [](FireRequest& one) { one.ticks[0].tick = one.after; });
    refused(ErrorCode::invalid_argument, [](FireRequest& one) { one.ticks[0].job.id = JobId{}; });
    refused(ErrorCode::invalid_argument,
            [](FireRequest& one) { one.ticks[0].job.unique_key = "u"; });
    refused(ErrorCode::limit_exceeded, [](FireRequest& one) {
        one.skipped.resize(10'001, {one.last_tick, one.last_tick});
    });
    EXPECT_EQ(store_->stats().states[JobState::available], 0U);
    EXPECT_LT(desk.view().last_tick, now);
    EXPECT_EQ(desk.fire(good).kind, Kind::recorded);
}

TEST_P(StoreContract, FireMayDealWithTicksWithoutAJob) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    clock_.advance(1min);
    const FireResult result = desk.fire(desk.request(FireKind::tick, {}));
    EXPECT_EQ(result.kind, Kind::recorded);
    EXPECT_THAT(result.jobs, IsEmpty());
    EXPECT_EQ(desk.view().last_tick, store_->now());
    EXPECT_THAT(desk.history(), IsEmpty());
}

// --- overlap ---

TEST_P(StoreContract, FireAllowsOverlap) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::allow));
    clock_.advance(5min);
    const auto made = desk.fire(desk.request(FireKind::tick, minutes_until(store_->now(), 3))).jobs;
    EXPECT_THAT(made, SizeIs(3));
    EXPECT_EQ(ids_of(claim()), made);
}

TEST_P(StoreContract, FireSkipsWhileTheLastJobIsUnfinished) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::skip));
    const JobId first = desk.next_tick().at(0);
    EXPECT_THAT(desk.next_tick(), IsEmpty()) << "available";
    const Lease lease = claim_one();
    EXPECT_THAT(desk.next_tick(), IsEmpty()) << "active";
    EXPECT_EQ(settle(to(lease, JobState::retryable, 1h)), SettleResult::ok);
    EXPECT_THAT(desk.next_tick(), IsEmpty()) << "retryable";
    EXPECT_EQ(desk.view().last_job, first);
    EXPECT_EQ(desk.view().last_tick, store_->now()) << "skipped is dealt with";
    EXPECT_EQ(cancel(first), ControlResult::done);
    EXPECT_THAT(desk.next_tick(), SizeIs(1));
    const auto lines = desk.history();
    ASSERT_THAT(lines, SizeIs(5));
    for (const std::size_t skipped : {1U, 2U, 3U}) {
        EXPECT_EQ(lines[skipped].skipped, SkipReason::overlap);
        EXPECT_FALSE(lines[skipped].job);
    }
}

TEST_P(StoreContract, FireSkipsTheLaterTicksOfOneRequest) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::skip));
    clock_.advance(5min);
    const auto ticks = minutes_until(store_->now(), 4);
    EXPECT_THAT(desk.fire(desk.request(FireKind::tick, ticks)).jobs, SizeIs(1));
    const auto lines = desk.history();
    ASSERT_THAT(lines, SizeIs(2));
    EXPECT_EQ(lines[0].tick, ticks[1]);
    EXPECT_EQ(lines[0].last, ticks[3]);
    EXPECT_EQ(lines[0].count, 3U);
    EXPECT_EQ(lines[1].tick, ticks[0]);
}

TEST_P(StoreContract, FireGoesOnWhenTheLastJobWasRemoved) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::skip));
    EXPECT_EQ(remove(desk.next_tick().at(0)), ControlResult::done);
    EXPECT_THAT(desk.next_tick(), SizeIs(1));
}

TEST_P(StoreContract, FireCancelsThePreviousJob) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::cancel_previous));
    const JobId first = desk.next_tick().at(0);
    const JobId second = desk.next_tick().at(0);
    EXPECT_EQ(state(first), JobState::cancelled);
    EXPECT_EQ(get(first).finished_at, store_->now());
    const Lease lease = claim_one();
    EXPECT_EQ(lease.ref.id, second);
    const JobId third = desk.next_tick().at(0);
    EXPECT_EQ(state(second), JobState::active);
    EXPECT_TRUE(get(second).cancel_requested);
    EXPECT_EQ(beat({lease.ref, 15s, {}, {}}), HeartbeatResult::cancel_requested);
    EXPECT_EQ(state(third), JobState::available);
}

TEST_P(StoreContract, FireCancelsTheEarlierTicksOfOneRequest) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    ScheduleDefinition definition = with(OverlapPolicy::cancel_previous);
    definition.job.key = "k";  // whose turn goes from each to the next
    desk.add_armed(definition);
    clock_.advance(5min);
    const auto made = desk.fire(desk.request(FireKind::tick, minutes_until(store_->now(), 3))).jobs;
    ASSERT_THAT(made, SizeIs(3));
    EXPECT_EQ(state(made[0]), JobState::cancelled);
    EXPECT_EQ(state(made[1]), JobState::cancelled);
    EXPECT_THAT(ids_of(claim()), ElementsAre(made[2]));
}

TEST_P(StoreContract, FireQueuesJobsUp) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::queue));
    const JobId first = desk.next_tick().at(0);
    const JobId second = desk.next_tick().at(0);
    EXPECT_THAT(blocked(), ElementsAre(second));
    EXPECT_EQ(get(first).key, "schedule:s");
    EXPECT_THAT(run(), ElementsAre(first, second));
}

TEST_P(StoreContract, FireLetsRehearsalsOverlap) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::skip));
    const JobId job = desk.next_tick().at(0);
    const JobId rehearsal = desk.fire_now(FireKind::rehearsal);
    EXPECT_EQ(desk.view().last_job, job) << "a rehearsal does not stand in a tick's way";
    EXPECT_EQ(desk.view().rehearsal, rehearsal);
    complete(claim_one());
    EXPECT_THAT(desk.next_tick(), SizeIs(1));
}

// --- by hand ---

TEST_P(StoreContract, FireByHandWhateverTheState) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(ScheduleDesk::every_minute());
    for (const auto state : {draft, armed, paused}) {
        if (state != draft) desk.set(state);
        const Timestamp last_tick = desk.view().last_tick;
        desk.fire_now(FireKind::run_now);
        desk.fire_now(FireKind::rehearsal);
        EXPECT_EQ(desk.view().last_tick, last_tick);
        EXPECT_EQ(desk.view().state, state);
    }
    EXPECT_EQ(store_->stats().states[JobState::available], 6U);
}

TEST_P(StoreContract, FireByHandTwiceWithOneIdMakesOneJob) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(with(OverlapPolicy::skip));
    for (const auto kind : {FireKind::run_now, FireKind::rehearsal, FireKind::backfill}) {
        const FireRequest request = desk.request(kind, {store_->now()});
        const auto made = desk.fire(request).jobs;
        EXPECT_THAT(made, SizeIs(1));
        EXPECT_EQ(desk.fire(request).jobs, made) << "the answer may have been lost";
        complete(claim_one());
    }
    EXPECT_THAT(desk.history(), SizeIs(3));
}

TEST_P(StoreContract, FireByHandCountsForOverlap) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::skip));
    EXPECT_EQ(desk.view().last_job, std::nullopt);
    const JobId job = desk.fire_now(FireKind::run_now);
    EXPECT_EQ(desk.view().last_job, job);
    EXPECT_THAT(desk.next_tick(), IsEmpty());
}

// --- backfill ---

TEST_P(StoreContract, ATickBackfilledBeforeItsScheduleIsArmedComesNoMoreWhenTheClockGoesBack) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    const auto name = desk.view().definition.name;
    store_->set_schedule_state(name, paused, "");
    clock_.advance(10min);
    const auto ticks = minutes_until(store_->now(), 2);
    EXPECT_THAT(desk.fire(desk.request(FireKind::backfill, ticks)).jobs, SizeIs(2));
    clock_.advance(-5min);
    store_->set_schedule_state(name, armed, "");
    EXPECT_EQ(desk.view().last_tick, ticks.back());
}

TEST_P(StoreContract, BackfillMakesWhatHasNotBeenMade) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    const Timestamp ticked = store_->now() + 1min;
    const JobId tick = desk.next_tick().at(0);
    clock_.advance(3min);
    EXPECT_EQ(desk.fire(desk.request(FireKind::tick, {})).kind, Kind::recorded);
    const auto ticks = minutes_until(store_->now(), 5);
    ASSERT_THAT(ticks, ::testing::Contains(ticked));
    const FireRequest backfill = desk.request(FireKind::backfill, ticks);
    EXPECT_THAT(desk.fire(backfill).jobs, SizeIs(4));
    EXPECT_THAT(desk.fire(desk.request(FireKind::backfill, ticks)).jobs, IsEmpty());
    EXPECT_EQ(store_->stats().states[JobState::available], 5U);
    std::multiset<Timestamp> made;
    for (const FireRecord& line : desk.history()) {
        made.insert(line.tick);
        EXPECT_EQ(line.kind, line.job == tick ? FireKind::tick : FireKind::backfill);
    }
    EXPECT_EQ(made, (std::multiset<Timestamp>{ticks.begin(), ticks.end()}));
}

TEST_P(StoreContract, BackfillTwiceInOneCallMakesOneJob) {
    ScheduleDesk desk{*store_, clock_};
    desk.put(ScheduleDesk::every_minute());
    const std::vector<FireRequest> requests{desk.request(FireKind::backfill, {store_->now()}),
                                            desk.request(FireKind::backfill, {store_->now()})};
    const auto results = store_->fire(requests);
    EXPECT_THAT(results[0].jobs, SizeIs(1));
    EXPECT_THAT(results[1].jobs, IsEmpty());
}

TEST_P(StoreContract, BackfillLeavesAloneWhatAnArmedScheduleWillComeTo) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    clock_.advance(1min);
    const auto ticks = minutes_until(store_->now(), 3);
    EXPECT_THAT(desk.fire(desk.request(FireKind::backfill, ticks)).jobs, SizeIs(2));
    EXPECT_THAT(desk.fire(desk.request(FireKind::tick, {ticks.back()})).jobs, SizeIs(1));
}

TEST_P(StoreContract, BackfillOfWhatTheHistoryForgotIsRefused) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.put(ScheduleDesk::every_minute());
    const int kept = Schedules::history_kept;
    clock_.advance(std::chrono::minutes{2 * kept});
    const auto ticks = minutes_until(store_->now(), kept + 1);
    EXPECT_THAT(desk.fire(desk.request(FireKind::backfill, {ticks.begin(), ticks.end()})).jobs,
                SizeIs(kept + 1));
    EXPECT_THAT(desk.history(), SizeIs(kept));
    expect_error(ErrorCode::conflict, [&] {
        (void)desk.fire(desk.request(FireKind::backfill, {ticks[0] - 1min, ticks[0]}));
    });
    EXPECT_THAT(desk.fire(desk.request(FireKind::backfill, {ticks[1]})).jobs, IsEmpty());
    EXPECT_THAT(desk.fire(desk.request(FireKind::backfill, {ticks[0] - 1min})).jobs, SizeIs(1));
}

// --- the jobs are jobs ---

TEST_P(StoreContract, FireTakesManyRequestsAtOnce) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    for (const char* const name : {"a", "b", "c"})
        desk.add_armed(name);
    clock_.advance(1min);
    std::vector<FireRequest> requests;
    for (const char* const name : {"a", "b", "c"})
        requests.push_back(desk.request(FireKind::tick, {store_->now()}, name));
    desk.set(paused, "b");
    requests.push_back(requests[0]);
    requests.push_back(desk.request(FireKind::rehearsal, {store_->now()}, "b"));
    requests.push_back(requests[0]);
    requests.back().schedule = "gone";
    const auto results = store_->fire(requests);
    std::vector<Kind> kinds;
    std::vector<JobId> jobs;
    for (const FireResult& result : results) {
        kinds.push_back(result.kind);
        std::ranges::copy(result.jobs, std::back_inserter(jobs));
    }
    EXPECT_THAT(kinds, ElementsAre(Kind::recorded, Kind::unarmed, Kind::recorded, Kind::stale,
                                   Kind::recorded, Kind::gone));
    EXPECT_EQ(ids_of(claim()), jobs);
}

TEST_P(StoreContract, FireObeysTheQueue) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    store_->set_queue_settings("default", {.order = QueueOrder::lifo});
    ScheduleDefinition definition = ScheduleDesk::every_minute();
    definition.expires_in = 30s;
    desk.add_armed(definition);
    const JobId first = desk.next_tick().at(0);
    const JobId second = desk.next_tick().at(0);
    EXPECT_EQ(get(second).expires_at, store_->now() + 30s);
    EXPECT_THAT(ids_of(claim()), ElementsAre(second, first));
}

TEST_P(StoreContract, FireWakesWorkers) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed(with(OverlapPolicy::cancel_previous));
    expect_wakes(*store_, WakeChannel::work, [&] { desk.next_tick(); });
    expect_wakes(*store_, WakeChannel::ended, [&] { desk.next_tick(); });
    (void)claim_one();
    expect_wakes(*store_, WakeChannel::control, [&] { desk.next_tick(); });
    ScheduleDefinition later = ScheduleDesk::every_minute("later");
    desk.put(later);
    FireRequest delayed = desk.request(FireKind::run_now, {store_->now()}, "later");
    delayed.ticks[0].job.delay = 1h;
    expect_wakes(*store_, WakeChannel::schedule, [&] { desk.fire(delayed); });
}

// --- history ---

TEST_P(StoreContract, HistoryTellsOfEveryTick) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    clock_.advance(10min);
    const Timestamp now = store_->now();
    FireRequest request = desk.request(FireKind::tick, {now - 5min, now});
    request.skipped = {{now - 8min, now - 7min, 2, true, SkipReason::missed},
                       {now - 3min, now - 1min, 7, false, SkipReason::too_late}};
    const auto made = desk.fire(request).jobs;
    clock_.advance(1s);
    const JobId by_hand = desk.fire_now(FireKind::run_now);
    const auto lines = desk.history();
    ASSERT_THAT(lines, SizeIs(5));
    EXPECT_EQ(lines[0].kind, FireKind::run_now);
    EXPECT_EQ(lines[0].job, by_hand);
    EXPECT_EQ(lines[0].tick, store_->now());
    EXPECT_EQ(lines[1].job, made[1]);
    EXPECT_EQ(lines[1].tick, now);
    EXPECT_EQ(lines[1].at, now);
    EXPECT_EQ(lines[1].count, 1U);
    EXPECT_EQ(lines[2].skipped, SkipReason::too_late);
    EXPECT_EQ(lines[2].tick, now - 3min);
    EXPECT_EQ(lines[2].last, now - 1min);
    EXPECT_EQ(lines[2].count, 7U);
    EXPECT_FALSE(lines[2].is_counted);
    EXPECT_EQ(lines[3].job, made[0]);
    EXPECT_EQ(lines[4].skipped, SkipReason::missed);
    EXPECT_TRUE(lines[4].is_counted);
    for (std::size_t i = 1; i < lines.size(); ++i)
        EXPECT_LT(lines[i].seq, lines[i - 1].seq);
}

TEST_P(StoreContract, HistoryIsReadInPages) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    std::vector<Timestamp> ticks;
    for (int i = 0; i < 5; ++i) {
        desk.next_tick();
        ticks.insert(ticks.begin(), store_->now());
    }
    std::vector<Timestamp> read;
    std::uint64_t before = 0;
    for (;;) {
        const auto page = store_->schedule_history("s", before, 2);
        if (page.empty()) break;
        for (const FireRecord& line : page)
            read.push_back(line.tick);
        before = page.back().seq;
    }
    EXPECT_EQ(read, ticks);
    EXPECT_THAT(store_->schedule_history("nobody", 0, 2), IsEmpty());
    EXPECT_THAT(store_->schedule_history("s", ~std::uint64_t{0}, 10), SizeIs(5));
    expect_error(ErrorCode::invalid_argument, [&] { (void)store_->schedule_history("s", 0, 0); });
    expect_error(ErrorCode::invalid_argument,
                 [&] { (void)store_->schedule_history("s", 0, 1'001); });
}

TEST_P(StoreContract, HistoryKeepsTheNewestLines) {
    REQUIRE_VIRTUAL_CLOCK();
    ScheduleDesk desk{*store_, clock_};
    desk.add_armed();
    const std::size_t kept = Schedules::history_kept;
    clock_.advance(1h);
    FireRequest request = desk.request(FireKind::tick, {store_->now()});
    for (std::size_t i = 0; i < kept + 5; ++i) {
        const Timestamp tick = request.after + std::chrono::milliseconds{i + 1};
        request.skipped.push_back({tick, tick, 1, true, SkipReason::excluded});
    }
    EXPECT_EQ(desk.fire(request).kind, Kind::recorded);
    const auto lines = desk.history();
    ASSERT_THAT(lines, SizeIs(kept));
    EXPECT_TRUE(lines.front().job);
    EXPECT_EQ(lines.back().tick, request.skipped[6].first);
}

}  // namespace errand::test
