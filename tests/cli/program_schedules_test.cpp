#include "program_fixture.hpp"

#include <csignal>

namespace errand::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Schedules of a store, as they are used from a shell.
class Schedules : public ProgramTest {
protected:
    /// For a command that says on stderr what it did.
    std::string said(std::vector<std::string> arguments) const {
        const auto result = errand(std::move(arguments));
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(result.out, "");
        return result.err;
    }
    std::string add(std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"schedule", "add", "nightly", "--type", "errand.echo"};
        if (more.empty()) more = {"--every", "15m"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return said(std::move(arguments));
    }
    [[nodiscard]] boost::json::value shown(const std::string& name = "nightly") const {
        return boost::json::parse(done({"schedule", "show", name, "--json"}));
    }
    [[nodiscard]] std::string state(const std::string& name = "nightly") const {
        return std::string{shown(name).at("state").as_string()};
    }
    /// A worker of this store that stops when the test ends.
    [[nodiscard]] std::unique_ptr<Program> worker(std::vector<std::string> more = {}) const {
        more.insert(more.begin(), "work");
        return std::make_unique<Program>(command(std::move(more)), options());
    }
    static ProgramResult stop(Program& program) {
        program.send(SIGTERM);
        return program.wait();
    }
};

TEST_F(Schedules, AddLeavesADraftAndSaysHowToArmIt) {
    EXPECT_EQ(add(),
              "schedule nightly: created; a draft, which makes nothing; `errand schedule "
              "arm nightly` arms it\n");
    EXPECT_EQ(state(), "draft");
    EXPECT_THAT(add(), HasSubstr("unchanged; a draft"));
    EXPECT_THAT(add({"--every", "30m", "--arm"}), HasSubstr("changed; it is armed"));
    const auto view = shown();
    EXPECT_EQ(view.at("state"), "armed");
    EXPECT_EQ(view.at("revision"), 2);
    EXPECT_EQ(view.at("definition").at("every"), "30m");
    EXPECT_EQ(view.at("next").as_array().size(), 5U);
    EXPECT_TRUE(view.at("changed_by").is_string());
    // What is left out has its default, and the state stays.
    EXPECT_THAT(add({"--every", "30m", "--queue", "slow"}), HasSubstr("changed; it is armed"));
    EXPECT_THAT(add({"--every", "30m"}), HasSubstr("changed; it is armed"));
    EXPECT_EQ(shown().at("definition").at("queue"), "default");
}

TEST_F(Schedules, EveryOptionHasItsPlace) {
    write_file("days.txt", "2026-12-31\n");
    const auto view = boost::json::parse(done({"schedule",
                                               "add",
                                               "all",
                                               "--cron",
                                               "30 2 * * *",
                                               "--timezone",
                                               "UTC",
                                               "--dst",
                                               "skip",
                                               "--start",
                                               "2026-01-01T00:00:00Z",
                                               "--end",
                                               "2999-01-01T00:00:00Z",
                                               "--jitter",
                                               "5m",
                                               "--exclude",
                                               "2026-12-24/2026-12-26",
                                               "--calendar",
                                               "days.txt",
                                               "--misfire",
                                               "all",
                                               "--misfire-after",
                                               "10m",
                                               "--catchup",
                                               "2d",
                                               "--overlap",
                                               "skip",
                                               "--type",
                                               "report",
                                               "--args",
                                               "{\"n\": 12345678901234567890}",
                                               "--queue",
                                               "reports",
                                               "--key",
                                               "k",
                                               "--priority",
                                               "-3",
                                               "--max-attempts",
                                               "5",
                                               "--retry",
                                               "fixed(30s)",
                                               "--timeout",
                                               "10m",
                                               "--expires-in",
                                               "1h",
                                               "--tag",
                                               "a",
                                               "--tag",
                                               "b",
                                               "--meta",
                                               "team=billing",
                                               "--require-rehearsal",
                                               "--by",
                                               "ada",
                                               "--json"}));
    EXPECT_EQ(view.at("state"), "draft");
    EXPECT_EQ(view.at("changed_by"), "ada");
    EXPECT_EQ(view.at("last_tick"), nullptr);
    const auto text = done({"schedule", "show", "all", "--json"});
    for (const auto* part : {R"("cron":"30 2 * * *")",
                             R"("dst":"skip")",
                             R"("start":"2026-01-01T00:00:00.000000Z")",
                             R"("end":"2999-01-01T00:00:00.000000Z")",
                             R"("jitter":"5m")",
                             R"("exclusions":["2026-12-24/2026-12-26","2026-12-31"])",
                             R"("misfire":"all")",
                             R"("misfire_after":"10m")",
                             R"("catchup_window":"2d")",
                             R"("overlap":"skip")",
                             R"("type":"report")",
                             "12345678901234567890",
                             R"("queue":"reports")",
                             R"("key":"k")",
                             R"("priority":-3)",
                             R"("max_attempts":5)",
                             "\"retry\":\"fixed(30s)\"",
                             R"("timeout":"10m")",
                             R"("expires_in":"1h")",
                             R"("tags":["a","b"])",
                             R"("team":"billing")",
                             R"("require_rehearsal":true)"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_THAT(done({"schedule", "show", "all"}),
                AllOf(HasSubstr("draft"), HasSubstr("30 2 * * * UTC"), HasSubstr("by ada"),
                      HasSubstr("next ticks, once it is armed"), HasSubstr("last fires\nnone")));
}

TEST_F(Schedules, BadOnesAreRefusedBeforeTheStoreIsMade) {
    const auto refused = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"schedule", "add", "s"});
        return refusal(2, std::move(more));
    };
    EXPECT_THAT(refused({"--every", "1h"}), HasSubstr("--type"));
    EXPECT_THAT(refused({"--type", "t"}), HasSubstr("cron, every and at"));
    EXPECT_THAT(refused({"--type", "t", "--every", "1h", "--timezone", "Nowhere/Land"}),
                HasSubstr("Nowhere/Land"));
    EXPECT_THAT(refused({"--type", "t", "--every", "1h", "--args", "[1"}),
                HasSubstr("args: not valid JSON"));
    EXPECT_THAT(refused({"--type", "t", "--every", "1h", "--overlap", "never"}),
                HasSubstr("cancel_previous"));
    EXPECT_THAT(refused({"--type", "t", "--every", "1h", "--meta", "x"}), HasSubstr("--meta"));
    EXPECT_FALSE(exists("errand.db"));
}

TEST_F(Schedules, ArmPauseRemove) {
    add();
    EXPECT_THAT(said({"schedule", "arm", "nightly", "--by", "ada"}),
                HasSubstr("schedule nightly is armed; it fires next in"));
    EXPECT_EQ(shown().at("changed_by"), "ada");
    EXPECT_TRUE(shown().at("last_tick").is_string());
    EXPECT_THAT(said({"schedule", "pause", "nightly", "--by", "ada, disk full"}),
                HasSubstr("schedule nightly is paused"));
    EXPECT_THAT(done({"schedule", "show", "nightly"}), HasSubstr("by ada, disk full"));
    EXPECT_THAT(add(), HasSubstr("it is paused; `errand schedule arm nightly` lets it go on"));
    EXPECT_THAT(done({"schedule", "list"}),
                AllOf(HasSubstr("nightly"), HasSubstr("paused"), HasSubstr("every 15m")));
    EXPECT_THAT(done({"schedule", "list", "--json"}), HasSubstr(R"("state":"paused")"));
    EXPECT_THAT(said({"schedule", "remove", "nightly"}), HasSubstr("is removed"));
    EXPECT_THAT(said({"schedule", "list"}), HasSubstr("no schedules"));
    for (const auto* verb :
         {"show", "preview", "rehearse", "arm", "pause", "remove", "run", "history"}) {
        EXPECT_THAT(refusal(1, {"schedule", verb, "nightly"}),
                    HasSubstr("no schedule has the name \"nightly\""))
            << verb;
    }
}

TEST_F(Schedules, WhatWouldNeverFireIsNotArmed) {
    (void)said({"schedule", "add", "once", "--at", "2020-01-01T00:00:00Z", "--type", "t"});
    EXPECT_THAT(refusal(2, {"schedule", "arm", "once"}),
                AllOf(HasSubstr("its one tick, 2020-01-01T00:00:00Z, has passed"),
                      HasSubstr("errand schedule run once")));
    EXPECT_EQ(state("once"), "draft");
    (void)said({"schedule", "add", "ended", "--every", "1h", "--end", "2020-01-01T00:00:00Z",
                "--type", "t"});
    EXPECT_THAT(refusal(2, {"schedule", "arm", "ended"}), HasSubstr("give a later --end"));
}

TEST_F(Schedules, PreviewTakesTheNameOfOne) {
    (void)said({"schedule", "add", "once", "--at", "2999-01-01T00:00:00Z", "--type", "t"});
    EXPECT_EQ(done({"schedule", "preview", "once", "--json"}), R"(["2999-01-01T00:00:00Z"])");
    EXPECT_THAT(refusal(2, {"schedule", "preview", "once", "--every", "1h"}),
                HasSubstr("not both"));
}

TEST_F(Schedules, ARehearsalIsPerformedShownAndNoted) {
    add({"--every", "15m", "--args", "[7]", "--require-rehearsal"});
    EXPECT_THAT(refusal(1, {"schedule", "arm", "nightly"}),
                HasSubstr("errand schedule rehearse nightly"));
    const auto timed_out = errand({"schedule", "rehearse", "nightly", "--timeout", "1ms"});
    EXPECT_EQ(timed_out.exit_code, 3) << timed_out.err;
    EXPECT_EQ(state(), "draft");
    const auto running = worker();
    const auto rehearsal = errand({"schedule", "rehearse", "nightly"});
    EXPECT_EQ(rehearsal.exit_code, 0) << rehearsal.err;
    EXPECT_EQ(rehearsal.out, "[7]\n");
    EXPECT_THAT(rehearsal.err, HasSubstr("is rehearsed; arm it with `errand schedule arm"));
    EXPECT_EQ(state(), "rehearsed");
    EXPECT_EQ(shown().at("history").at(0).at("kind"), "rehearsal");
    EXPECT_THAT(said({"schedule", "arm", "nightly"}), HasSubstr("is armed"));
    // Another definition must be tried again.
    EXPECT_THAT(add({"--every", "15m", "--args", "[8]", "--require-rehearsal"}),
                HasSubstr("changed; a draft; try it with `errand schedule rehearse nightly`"));
    EXPECT_EQ(stop(*running).exit_code, 0);
}

TEST_F(Schedules, ARehearsalThatFailsSaysWhyAtOnce) {
    write_file("errand.toml",
               "[handlers.broken]\nexec = [\"sh\", \"-c\", \"test "
               "$ERRAND_REHEARSAL = 1 && echo no such table && exit 3\"]\n");
    (void)said({"schedule", "add", "nightly", "--every", "1h", "--type", "broken"});
    const auto running = worker();
    const auto rehearsal = errand({"schedule", "rehearse", "nightly"});
    EXPECT_EQ(rehearsal.exit_code, 1);
    EXPECT_THAT(rehearsal.err, HasSubstr("no such table"));
    EXPECT_EQ(state(), "draft");
    EXPECT_EQ(stop(*running).exit_code, 0);
}

TEST_F(Schedules, RunMakesAJobNow) {
    add({"--every", "15m", "--overlap", "skip"});
    const auto id = done({"schedule", "run", "nightly"});
    EXPECT_EQ(show(id).at("type"), "errand.echo");
    EXPECT_EQ(show(id).at("meta").at("errand").at("schedule"), "nightly");
    const auto second = errand({"schedule", "run", "nightly"});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_THAT(second.err, HasSubstr("the job of an earlier tick is unfinished"));
    const auto history = done({"schedule", "history", "nightly"});
    EXPECT_THAT(history, AllOf(HasSubstr("run_now"), HasSubstr(id + " available"),
                               HasSubstr("skipped: overlap")));
    EXPECT_THAT(done({"schedule", "history", "nightly", "--limit", "1", "--json"}),
                AllOf(HasSubstr(R"("skipped":"overlap")"), Not(HasSubstr(id))));
    EXPECT_THAT(refusal(2, {"schedule", "history", "nightly", "--limit", "0"}),
                HasSubstr("1 to 1000"));
}

TEST_F(Schedules, BackfillMakesTheJobsOfPastTicksOnce) {
    add({"--cron", "0 * * * *"});
    const std::vector<std::string> backfill{"schedule",
                                            "backfill",
                                            "nightly",
                                            "--from",
                                            "2026-01-01T00:00:00Z",
                                            "--to",
                                            "2026-01-01T02:00:00Z"};
    const auto ids = done(backfill);
    EXPECT_EQ(std::count(ids.begin(), ids.end(), '\n'), 2);
    EXPECT_EQ(show(ids.substr(0, 36)).at("meta").at("errand").at("tick"),
              "2026-01-01T00:00:00.000000Z");
    EXPECT_EQ(done(backfill), "");
    EXPECT_THAT(refusal(2, {"schedule", "backfill", "nightly", "--from", "noon"}),
                HasSubstr("--from"));
}

TEST_F(Schedules, AWorkerFiresAndPerforms) {
    add({"--every", "1s", "--arm"});
    const auto running = worker();
    while (done({"list", "--state", "completed", "--json"}).empty()) {
    }
    EXPECT_EQ(stop(*running).exit_code, 0);
    EXPECT_THAT(done({"schedule", "history", "nightly"}), HasSubstr("completed"));
}

TEST_F(Schedules, TheFileDeclaresSchedulesWhenAWorkerStarts) {
    write_file("errand.toml", R"(
[schedules.hourly]
every = "1h"
type = "errand.noop"
[schedules.tried]
every = "1h"
type = "errand.noop"
require_rehearsal = true
[schedules.by-hand]
every = "1h"
type = "errand.noop"
armed = false
[schedules.past]
at = "2020-01-01T00:00:00Z"
type = "errand.noop"
)");
    add({"--every", "1h"});
    const auto first = errand({"work", "--drain"});
    EXPECT_EQ(first.exit_code, 0) << first.err;
    EXPECT_THAT(first.err, AllOf(HasSubstr("errand schedule rehearse tried"),
                                 HasSubstr("schedule past would never fire")));
    EXPECT_EQ(state("hourly"), "armed");
    EXPECT_EQ(shown("hourly").at("changed_by"), "errand.toml");
    EXPECT_EQ(state("tried"), "draft");
    EXPECT_EQ(state("by-hand"), "draft");
    EXPECT_EQ(state("past"), "draft");
    EXPECT_EQ(state("nightly"), "draft");

    (void)said({"schedule", "pause", "hourly"});
    write_file("errand.toml", "[schedules.hourly]\nevery = \"2h\"\ntype = \"errand.noop\"\n");
    EXPECT_EQ(errand({"work", "--drain"}).exit_code, 0);
    EXPECT_EQ(state("hourly"), "paused");
    EXPECT_EQ(shown("hourly").at("definition").at("every"), "2h");
    EXPECT_EQ(state("tried"), "draft");

    write_file("errand.toml",
               "[schedules.hourly]\nevery = \"2h\"\ntype = \"x\"\ncalendar = \"none.txt\"\n");
    EXPECT_THAT(refusal(2, {"work", "--drain"}),
                AllOf(HasSubstr("errand.toml:1: [schedules.hourly]"), HasSubstr("none.txt")));
}

}  // namespace
}  // namespace errand::cli::test
