#include "engine/engine.hpp"

#include "engine/support.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <errand/boost_json.hpp>

#include <gmock/gmock.h>
#include <boost/describe.hpp>

#include <functional>
#include <stdexcept>
#include <vector>

// Steps, positions, sleeps and waits of a handler: on each store, with a clock that stands still.

namespace errand::test {

struct Probe {
    int width = 0;
    std::string codec;
    bool operator==(const Probe&) const = default;
};
BOOST_DESCRIBE_STRUCT(Probe, (), (width, codec))

namespace {

using namespace engine;
using testing::ElementsAre;
using testing::HasSubstr;

class StepsTest : public testing::TestWithParam<const char*> {
protected:
    StepsTest() {
        registry.add("job", {[this](Context& job) { return perform(job); }, {}, {}});
        start();
    }

    /// A new worker. The one before is gone with what it held, as in a crash or a deploy.
    void start() {
        engine.reset();
        EngineOptions options;
        options.worker = slots(1);
        options.clock = &clock;
        engine = std::make_unique<Engine>(store, options,
                                          Identity{"worker" + std::to_string(++workers), "here", 1},
                                          registry, counters, log);
    }
    /// Runs whatever can run now, each job until nothing happens any more.
    void work() {
        auto& line = *engine->in_flight().lines().front();
        const auto runner = engine->make_runner(line);
        for (int i = 0; i < 20; ++i) {
            step(engine->rescuer());
            step(engine->promoter());
            step(*engine->claimers().front());
            step(*runner);
            step(engine->settler());
        }
    }
    /// The handler runs, and the worker dies before its outcome is stored.
    void work_and_die() {
        const auto runner = engine->make_runner(*engine->in_flight().lines().front());
        step(*engine->claimers().front());
        step(*runner);
        start();
        clock.advance(1s);
    }
    void step(Loop& loop) { (void)loop.run_once(clock.now()); }

    JobId add(NewJob job = test::job("job")) { return client.enqueue(std::move(job)).id; }
    [[nodiscard]] Job find(const JobId& id) { return *client.find(id); }

    TempDir scratch;
    ManualClock clock;
    std::shared_ptr<Store> store =
        open_store(std::string{GetParam()} == "memory"
                       ? "memory:"
                       : "sqlite:" + (scratch.path() / "steps.db").string() + "?durability=process",
                   {.limits = {}, .clock = &clock});
    Client client{store};
    std::function<Outcome(Context&)> perform = [](Context&) { return Outcome::done(); };
    HandlerRegistry registry;
    Counters counters;
    Logger log{{}};
    int workers = 0;
    std::unique_ptr<Engine> engine;
    std::vector<std::string> seen;  ///< what the handler notes
};

TEST_P(StepsTest, AStepThatIsDoneIsSkippedInLaterAttempts) {
    perform = [&](Context& job) {
        const auto probe = job.step("probe", [&] {
            seen.emplace_back("probe");
            return Probe{640, "h264"};
        });
        EXPECT_EQ(probe, (Probe{640, "h264"}));
        job.step("send", [&] { seen.emplace_back("send"); });
        const auto raw = job.step("raw", [&] {
            seen.emplace_back("raw");
            return RawJson{R"({ "n": 12345678901234567890 })"};
        });
        EXPECT_EQ(raw.text, R"({ "n": 12345678901234567890 })");
        if (job.attempt() < 3) throw std::runtime_error("afterwards");
        return Outcome::done();
    };
    const auto id = add();
    work();
    for (int i = 0; i < 3; ++i) {
        clock.advance(1s);
        work();
    }
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_EQ(find(id).attempt, 3U);
    EXPECT_THAT(seen, ElementsAre("probe", "send", "raw"));
    EXPECT_EQ(store->find_effect(id, "step:send"), "null");
}

TEST_P(StepsTest, AStepThatFailsIsDoneAgain) {
    perform = [&](Context& job) {
        job.step("first", [&] { seen.emplace_back("first"); });
        job.step("second", [&] {
            seen.emplace_back("second");
            if (job.attempt() == 1) throw std::runtime_error("not yet");
        });
        return Outcome::done();
    };
    const auto id = add();
    work();
    clock.advance(1s);
    work();
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_THAT(seen, ElementsAre("first", "second", "second"));
}

TEST_P(StepsTest, ACrashGoesOnAtTheLastStep) {
    bool dies = true;
    perform = [&](Context& job) {
        job.step("one", [&] { seen.emplace_back("one"); });
        job.step("two", [&] { seen.emplace_back("two"); });
        seen.emplace_back(dies ? "dies" : "ends");
        return Outcome::done();
    };
    const auto id = add();
    work_and_die();
    ASSERT_EQ(find(id).state, JobState::active);
    dies = false;
    work();
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_THAT(seen, ElementsAre("one", "two", "dies", "ends"));
}

TEST_P(StepsTest, AStepIsNotRecordedUnderALostLease) {
    perform = [&](Context& job) {
        if (job.lease_seq() == 1) {
            // While this handler goes on, another worker gets the job and does the step.
            clock.advance(1min);
            WorkerInfo info;
            info.name = "rescuer";
            const auto rescuer = store->join(info);
            const auto taken = store->take_over_expired(rescuer->id(), 1, 15s);
            EXPECT_TRUE(store->record_effect(taken.at(0).lease.ref, "step:pay", "\"theirs\"",
                                             EffectWrite::first_stays));
            EXPECT_EQ(job.step("pay", [&]() -> std::string { return "mine"; }), "theirs");
            EXPECT_THROW(job.step("ship", [] {}), Error);
            EXPECT_THROW(job.cursor<int>().save(1), Error);
            EXPECT_THROW((void)job.wait_signal("go", 1h), Error);
            EXPECT_THROW(job.sleep("rest", 1h), Error);
        }
        return Outcome::done();
    };
    const auto id = add();
    const auto runner = engine->make_runner(*engine->in_flight().lines().front());
    step(*engine->claimers().front());
    step(*runner);
    step(engine->settler());
    for (const auto* key : {"step:ship", "cursor", "wait:go", "sleep:rest"})
        EXPECT_FALSE(store->find_effect(id, key)) << key;
}

TEST_P(StepsTest, AnImpossibleNameOrValueFailsTheAttempt) {
    std::vector<std::function<void(Context&)>> calls{
        [](Context& job) { job.step("", [] {}); },
        [](Context& job) { job.step(std::string(201, 'x'), [] {}); },
        [](Context& job) { job.step("bad", [] { return RawJson{"{"}; }); },
        [](Context& job) { job.sleep("", 1s); },
        [](Context& job) { job.sleep("rest", -1s); },
        [](Context& job) { (void)job.wait_signal("a b", 1s); },
        [](Context& job) { (void)job.wait_signal("go", -1s); },
        [](Context& job) { (void)job.signal("a b"); },
        [](Context& job) { job.cursor<int>("a\nb").save(1); }};
    for (const auto& call : calls) {
        perform = [&](Context& job) {
            call(job);
            return Outcome::done();
        };
        auto job = test::job("job");
        job.max_attempts = 1;
        const auto id = add(job);
        work();
        ASSERT_EQ(find(id).state, JobState::discarded);
        EXPECT_EQ(find(id).errors.at(0).type, "errand::Error invalid_argument")
            << find(id).errors.at(0).message;
    }
}

TEST_P(StepsTest, AStepThatIsTooLargeFailsTheAttempt) {
    perform = [&](Context& job) {
        job.step("large", [] { return std::string(max_step_bytes, 'x'); });
        return Outcome::done();
    };
    auto job = test::job("job");
    job.max_attempts = 1;
    const auto id = add(job);
    work();
    EXPECT_EQ(find(id).errors.at(0).type, "errand::Error limit_exceeded");
    EXPECT_FALSE(store->find_effect(id, "step:large"));
}

TEST_P(StepsTest, AStepOfAnotherTypeNamesItself) {
    perform = [&](Context& job) {
        if (job.attempt() == 1) {
            job.step("probe", [] { return std::string{"text"}; });
            throw std::runtime_error("deploy");
        }
        job.step("probe", [] { return 7; });
        return Outcome::done();
    };
    auto job = test::job("job");
    job.max_attempts = 2;
    const auto id = add(job);
    work();
    clock.advance(1s);
    work();
    ASSERT_EQ(find(id).errors.size(), 2U);
    EXPECT_THAT(find(id).errors[1].message, HasSubstr("step 'probe'"));
}

TEST_P(StepsTest, ALoopGoesOnFromItsPosition) {
    perform = [&](Context& job) {
        auto cursor = job.cursor<int>("rows");
        for (int row = cursor.get().value_or(0); row < 6; ++row) {
            seen.push_back(std::to_string(row));
            if (row == 3 && job.attempt() == 1) throw std::runtime_error("in the middle");
            cursor.save(row + 1);
        }
        EXPECT_EQ(job.cursor<int>("rows").get(), 6);
        EXPECT_EQ(job.cursor<int>().get(), std::nullopt) << "another cursor";
        return Outcome::done();
    };
    const auto id = add();
    work();
    clock.advance(1s);
    work();
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_THAT(seen, ElementsAre("0", "1", "2", "3", "3", "4", "5"));
}

/// Waits for "approve" a day long and notes what came of it.
Outcome ask(Context& job, std::vector<std::string>& seen) {
    job.step("ask", [&] { seen.emplace_back("asked"); });
    const auto answer = job.wait_signal<Probe>("approve", 24h);
    seen.push_back(answer ? answer->codec : "nothing");
    return Outcome::done();
}

TEST_P(StepsTest, AWaitNeedsNoWorkerAndUsesNoAttempt) {
    perform = [&](Context& job) { return ask(job, seen); };
    auto job = test::job("job");
    job.max_attempts = 1;
    const auto id = add(job);
    work();
    EXPECT_EQ(find(id).state, JobState::scheduled);
    EXPECT_EQ(find(id).awaits_signal, "approve");
    EXPECT_EQ(find(id).scheduled_at, clock.now() + 24h);
    EXPECT_EQ(find(id).attempt, 0U);
    EXPECT_TRUE(find(id).errors.empty());
    clock.advance(23h);
    start();
    work();
    EXPECT_THAT(seen, ElementsAre("asked")) << "nobody ran it meanwhile";
    EXPECT_EQ(client.signal(id, "approve", Probe{1, "yes"}), SignalResult::delivered);
    work();
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_THAT(seen, ElementsAre("asked", "yes"));
    EXPECT_EQ(find(id).attempt, 1U);
}

TEST_P(StepsTest, ASignalThatCameBeforeTheWaitIsFoundAtOnce) {
    perform = [&](Context& job) { return ask(job, seen); };
    const auto id = add();
    EXPECT_EQ(client.signal(id, "approve", Probe{1, "early"}), SignalResult::kept);
    work();
    EXPECT_THAT(seen, ElementsAre("asked", "early"));
    EXPECT_EQ(find(id).lease_seq, 1U) << "it never parked";
}

TEST_P(StepsTest, ASignalBetweenTheLookAndTheSettlementIsNotLost) {
    perform = [&](Context& job) {
        try {
            return ask(job, seen);
        } catch (const Parked&) {
            if (job.lease_seq() == 1) {
                EXPECT_EQ(client.signal(job.id(), "approve", Probe{1, "just now"}),
                          SignalResult::kept);
            }
            throw;
        }
    };
    const auto id = add();
    work();
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_THAT(seen, ElementsAre("asked", "just now"));
}

TEST_P(StepsTest, AWaitThatIsOverReturnsNothingForGood) {
    perform = [&](Context& job) {
        static_cast<void>(ask(job, seen));
        if (job.attempt() == 1) throw std::runtime_error("once more");
        return Outcome::done(job.signal("approve").value_or(RawJson{}).text);
    };
    const auto id = add();
    work();
    clock.advance(24h);
    work();
    EXPECT_THAT(seen, ElementsAre("asked", "nothing"));
    EXPECT_EQ(client.signal(id, "approve", Probe{1, "late"}), SignalResult::kept);
    clock.advance(1s);
    work();
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_THAT(seen, ElementsAre("asked", "nothing", "nothing"));
    EXPECT_EQ(find(id).result, R"({"width":1,"codec":"late"})") << "signal() finds it all the same";
}

TEST_P(StepsTest, TheTimeOfAWaitCountsFromTheFirst) {
    perform = [&](Context& job) { return ask(job, seen); };
    const auto id = add();
    const auto end = clock.now() + 24h;
    work();
    clock.advance(10h);
    EXPECT_EQ(client.retry(id), ControlResult::done) << "an operator lets it look again";
    work();
    EXPECT_EQ(find(id).awaits_signal, "approve");
    EXPECT_EQ(find(id).scheduled_at, end);
    clock.advance(14h);
    work();
    EXPECT_THAT(seen, ElementsAre("asked", "nothing"));
}

TEST_P(StepsTest, ACrashWhileItParksBeginsNothingAnew) {
    perform = [&](Context& job) { return ask(job, seen); };
    const auto id = add();
    const auto end = clock.now() + 24h;
    work_and_die();
    work();
    EXPECT_EQ(find(id).awaits_signal, "approve");
    EXPECT_EQ(find(id).scheduled_at, end);
    EXPECT_THAT(seen, ElementsAre("asked"));
}

TEST_P(StepsTest, AParkedJobCanBeCancelled) {
    perform = [&](Context& job) { return ask(job, seen); };
    const auto id = add();
    work();
    EXPECT_EQ(client.cancel(id), ControlResult::done);
    EXPECT_EQ(client.signal(id, "approve"), SignalResult::ended);
    clock.advance(25h);
    work();
    EXPECT_EQ(find(id).state, JobState::cancelled);
    EXPECT_THAT(seen, ElementsAre("asked"));
}

TEST_P(StepsTest, SeveralWaitsFollowEachOther) {
    perform = [&](Context& job) {
        for (const auto* name : {"first", "second"}) {
            const auto value = job.wait_signal<int>(name, 1h);
            seen.push_back(value ? std::to_string(*value) : "nothing");
        }
        return Outcome::done();
    };
    const auto id = add();
    EXPECT_EQ(client.signal(id, "second", 2), SignalResult::kept);
    work();
    EXPECT_EQ(find(id).awaits_signal, "first");
    EXPECT_EQ(client.signal(id, "first", 1), SignalResult::delivered);
    EXPECT_EQ(client.signal(id, "first", 3), SignalResult::already_there);
    work();
    EXPECT_THAT(seen, ElementsAre("1", "2"));
}

TEST_P(StepsTest, ASleepNeedsNoWorkerAndBeginsOnce) {
    perform = [&](Context& job) {
        seen.emplace_back("before");
        job.sleep("cool-down", std::chrono::days{3});
        seen.emplace_back("after");
        return Outcome::done();
    };
    const auto id = add();
    const auto end = clock.now() + std::chrono::days{3};
    work_and_die();
    work();
    EXPECT_EQ(find(id).state, JobState::scheduled);
    EXPECT_EQ(find(id).scheduled_at, end);
    EXPECT_EQ(find(id).awaits_signal, "");
    clock.advance(std::chrono::days{1});
    EXPECT_EQ(client.retry(id), ControlResult::done);
    work();
    EXPECT_EQ(find(id).scheduled_at, end) << "a repeat does not begin it anew";
    clock.advance(std::chrono::days{2});
    work();
    EXPECT_EQ(find(id).state, JobState::completed);
    EXPECT_THAT(seen, ElementsAre("before", "before", "before", "before", "after"));
}

TEST_P(StepsTest, AHandlersOwnCatchLetsAWaitPass) {
    perform = [&](Context& job) {
        try {
            job.sleep("rest", 1h);
        } catch (const std::exception& error) {
            seen.emplace_back(error.what());
        }
        return Outcome::done();
    };
    const auto id = add();
    work();
    EXPECT_EQ(find(id).state, JobState::scheduled);
    EXPECT_TRUE(seen.empty());
}

TEST_P(StepsTest, AHandlerMayReturnTheWaitItself) {
    perform = [&](Context& job) {
        if (const auto answer = job.signal<int>("go"))
            return Outcome::done(std::to_string(*answer));
        return Outcome::wait_signal("go", 1h);
    };
    const auto id = add();
    work();
    EXPECT_EQ(find(id).awaits_signal, "go");
    EXPECT_EQ(client.signal(id, "go", 7), SignalResult::delivered);
    work();
    EXPECT_EQ(find(id).result, "7");
}

TEST_P(StepsTest, ParkingDoesNotStandInTheWayOfADeploy) {
    perform = [&](Context& job) {
        if (job.lease_seq() == 1) {
            engine->interrupt_running();
            EXPECT_EQ(job.stop_reason(), StopReason::interrupted);
        }
        return ask(job, seen);
    };
    const auto id = add();
    const auto runner = engine->make_runner(*engine->in_flight().lines().front());
    step(*engine->claimers().front());
    step(*runner);
    step(engine->settler());
    EXPECT_EQ(find(id).awaits_signal, "approve");
    EXPECT_EQ(find(id).interruptions, 0U);
    start();
    EXPECT_EQ(client.signal(id, "approve", Probe{1, "yes"}), SignalResult::delivered);
    work();
    EXPECT_THAT(seen, ElementsAre("asked", "yes"));
}

INSTANTIATE_TEST_SUITE_P(Stores, StepsTest, testing::Values("memory", "sqlite"),
                         [](const auto& info) { return std::string{info.param}; });

}  // namespace
}  // namespace errand::test
