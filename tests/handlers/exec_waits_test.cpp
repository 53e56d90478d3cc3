#include "handlers/exec_waits.hpp"
#include "exec_support.hpp"

#include <gmock/gmock.h>

// Programs that wait for signals: they end to wait, and are told at their next start.

namespace errand::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = Outcome::Kind;

constexpr const char* script = R"(
echo "$ERRAND_SIGNALS $ERRAND_SIGNALS_OVER"
case "$ERRAND_SIGNALS $ERRAND_SIGNALS_OVER" in
*approve*) echo '::result "told"' ;;
*) echo '::wait_signal approve 24h' ;;
esac)";

/// The next start of the same job.
void start_again(FakeContext& job) {
    ++job.job_lease_seq;
}

TEST(ExecWaits, AProgramWaitsAndIsToldWhatCame) {
    FakeContext job;
    const auto first = run(shell(script), job);
    EXPECT_EQ(first.kind(), Kind::wait_signal);
    EXPECT_EQ(first.text(), "approve");
    EXPECT_EQ(first.delay(), 24h);
    job.replace_effect("signal:approve", R"({ "by" : "ada" })");
    start_again(job);
    EXPECT_EQ(run(shell(script), job).text(), "\"told\"");
    EXPECT_THAT(job.log_lines(), ElementsAre("{} []", R"({"approve":{ "by" : "ada" }} [])"));
}

TEST(ExecWaits, AProgramIsToldThatTheTimeWasOver) {
    FakeContext job;
    EXPECT_EQ(run(shell(script), job).kind(), Kind::wait_signal);
    job.job_store_time += 10h;
    start_again(job);
    EXPECT_EQ(run(shell(script), job).delay(), 14h) << "it counts from the first";
    job.job_store_time += 14h;
    start_again(job);
    EXPECT_EQ(run(shell(script), job).text(), "\"told\"");
    job.replace_effect("signal:approve", "1");
    start_again(job);
    EXPECT_EQ(run(shell(script), job).text(), "\"told\"");
    EXPECT_THAT(job.log_lines(),
                ElementsAre("{} []", "{} []", R"({} ["approve"])", R"({} ["approve"])"));
}

TEST(ExecWaits, ASignalThatIsThereAlreadyEndsTheWaitAtOnce) {
    FakeContext job;
    job.replace_effect("signal:approve", "1");
    const auto outcome = run(shell(script), job);
    EXPECT_EQ(outcome.kind(), Kind::wait_signal);
    EXPECT_EQ(outcome.delay(), 0s);
}

TEST(ExecWaits, SeveralSignalsAreToldTogether) {
    FakeContext job;
    for (const auto* name : {"one", "two"}) {
        EXPECT_EQ(run(shell(std::string{"echo ::wait_signal "} + name + " 1h"), job).text(), name);
        job.replace_effect(std::string{"signal:"} + name, std::string{'"'} + name + '"');
        start_again(job);
    }
    static_cast<void>(run(shell("echo \"$ERRAND_SIGNALS\""), job));
    EXPECT_EQ(job.log_lines().back(), R"({"one":"one","two":"two"})");
}

TEST(ExecWaits, AProgramThatDoesNotLookFails) {
    FakeContext job;
    const auto blind = shell("echo ::wait_signal approve 1h");
    EXPECT_EQ(run(blind, job).kind(), Kind::wait_signal);
    job.replace_effect("signal:approve", "1");
    start_again(job);
    const auto outcome = run(blind, job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "signal");
    EXPECT_THAT(outcome.text(), HasSubstr("look at ERRAND_SIGNALS before it waits"));

    FakeContext late;
    EXPECT_EQ(run(blind, late).kind(), Kind::wait_signal);
    late.job_store_time += 1h;
    start_again(late);
    EXPECT_THAT(run(blind, late).text(), HasSubstr("look at ERRAND_SIGNALS_OVER"));
}

TEST(ExecWaits, OnlyAProgramThatSucceedsWaits) {
    FakeContext job;
    const auto outcome = run(shell("echo ::wait_signal approve 1h; exit 3"), job);
    EXPECT_EQ(outcome.error_type(), "exit code 3");
    EXPECT_EQ(job.find_effect("wait:approve"), std::nullopt);
    EXPECT_EQ(run(shell("echo ::wait_signal approve 1h; echo ::snooze 1s")).kind(), Kind::snooze);
}

TEST(ExecWaits, WhatDoesNotFitIntoAnEnvironmentIsRefused) {
    FakeContext job;
    for (const auto* name : {"one", "two"}) {
        static_cast<void>(run(shell(std::string{"echo ::wait_signal "} + name + " 1h"), job));
        job.replace_effect(std::string{"signal:"} + name, '"' + std::string(60U << 10, 'x') + '"');
        start_again(job);
    }
    const auto outcome = run(shell("echo never"), job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_THAT(outcome.text(), HasSubstr("more than the 102400 that a program is given"));
    EXPECT_TRUE(job.log_lines().empty());
}

TEST(ExecWaits, ThereAreOnlySoManyNames) {
    FakeContext job;
    handlers::ExecWaits waits{job};
    for (std::size_t i = 0; i < handlers::ExecWaits::max_names; ++i)
        EXPECT_EQ(waits.begin("s" + std::to_string(i), 1h).kind(), Kind::wait_signal);
    EXPECT_EQ(waits.begin("s0", 1h).kind(), Kind::wait_signal);
    EXPECT_THAT(waits.begin("one-more", 1h).text(), HasSubstr("100 signals, which is the most"));
}

}  // namespace
}  // namespace errand::testing
