#include "exec_support.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdio>

namespace errand::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Kind = Outcome::Kind;

TEST(ExecHandler, ExitZeroCompletes) {
    const auto outcome = run(shell("exit 0"));
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_EQ(outcome.text(), "");
}

TEST(ExecHandler, TheLastResultIsKept) {
    const auto outcome = run(shell(R"(echo '::result 1'; echo '::result {"n": [2]}'; echo bye)"));
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_EQ(outcome.text(), R"({"n": [2]})");
}

TEST(ExecHandler, TheLastLineNeedsNoEnd) {
    EXPECT_EQ(run(shell("printf '::result 42'")).text(), "42");
}

TEST(ExecHandler, ArgsAreStdinByteForByte) {
    FakeContext job;
    job.job_args = R"([{"to":"ada@example.org","n":12345678901234567890,"s":"\u20ac"}])";
    const auto outcome = run(shell("printf '::result '; cat"), job);
    EXPECT_EQ(outcome.text(), job.job_args);
}

TEST(ExecHandler, LargeArgsNeedNotBeRead) {
    FakeContext job;
    job.job_args = "[\"" + std::string(1U << 20, 'x') + "\"]";
    EXPECT_EQ(run(shell("exec 0<&-; echo '::result 1'"), job).text(), "1");
    EXPECT_EQ(run(shell("head -c 1 >/dev/null; echo '::result 2'"), job).text(), "2");
    EXPECT_EQ(run(shell("printf '::result '; wc -c"), job).text(),
              std::to_string(job.job_args.size()));
}

TEST(ExecHandler, ProgressReachesTheJobWhileTheProgramRuns) {
    FakeContext job;
    const auto outcome = run(
        python(
            "import sys; print('::progress 3/10 half way', flush=True); print('::progress 10/10')"),
        job);
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_THAT(job.progress_seen(),
                ElementsAre(Progress{3, 10, "half way"}, Progress{10, 10, ""}));
    EXPECT_THAT(job.log_lines(), IsEmpty());
}

TEST(ExecHandler, SnoozeIsHonouredOnlyWithExitZero) {
    const auto snoozed = run(shell("echo '::snooze 30s'"));
    EXPECT_EQ(snoozed.kind(), Kind::snooze);
    EXPECT_EQ(snoozed.delay(), std::chrono::seconds{30});
    EXPECT_EQ(run(shell("echo '::snooze 30s'; exit 1")).kind(), Kind::fail);
}

TEST(ExecHandler, DiscardIsHonouredWithEveryExitCode) {
    for (const auto* script :
         {"echo '::discard no such user'", "echo '::discard no such user'; exit 9"}) {
        const auto outcome = run(shell(script));
        EXPECT_EQ(outcome.kind(), Kind::discard);
        EXPECT_EQ(outcome.text(), "no such user");
    }
}

TEST(ExecHandler, SlowDownIsHonouredWithEveryExitCode) {
    for (const auto* script : {"echo '::slow-down 30s too many calls'",
                               "echo '::slow-down 30s too many calls'; exit 9"}) {
        const auto outcome = run(shell(script));
        EXPECT_EQ(outcome.kind(), Kind::slow_down);
        EXPECT_EQ(outcome.delay(), std::chrono::seconds{30});
        EXPECT_EQ(outcome.text(), "too many calls");
    }
    EXPECT_EQ(run(shell("echo '::slow-down 1s'")).text(), "asked to slow down");
    EXPECT_EQ(run(shell("echo '::slow-down 1s'; kill -9 $$")).kind(), Kind::fail);
}

TEST(ExecHandler, OfSnoozeSlowDownAndDiscardTheLastCounts) {
    EXPECT_EQ(run(shell("echo '::discard x'; echo '::snooze 1s'")).kind(), Kind::snooze);
    EXPECT_EQ(run(shell("echo '::snooze 1s'; echo '::slow-down 1s'")).kind(), Kind::slow_down);
    EXPECT_EQ(run(shell("echo '::slow-down 1s'; echo '::discard x'")).kind(), Kind::discard);
    EXPECT_EQ(run(shell("echo '::snooze 1s'; echo '::discard x'")).kind(), Kind::discard);
}

TEST(ExecHandler, OtherExitCodesFailWithTheLastLines) {
    FakeContext job;
    const auto outcome = run(shell("echo first; echo second >&2; exit 3"), job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "exit code 3");
    EXPECT_THAT(outcome.text(), HasSubstr("first"));
    EXPECT_THAT(outcome.text(), HasSubstr("second"));
    EXPECT_THAT(job.log_lines(), ::testing::UnorderedElementsAre("first", "second"));
}

TEST(ExecHandler, AFailureWithoutOutputSaysSo) {
    EXPECT_EQ(run(shell("exit 1")).text(), "the program printed nothing");
}

TEST(ExecHandler, TheLastLinesAreBounded) {
    const auto outcome = run(shell("seq 1 100000; exit 1"));
    EXPECT_LE(outcome.text().size(), 2048U);
    EXPECT_THAT(outcome.text(), EndsWith("\n99999\n100000"));
}

TEST(ExecHandler, ASignalIsNamed) {
    const auto outcome = run(shell("echo last words; kill -SEGV $$"));
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "signal 11");
    EXPECT_EQ(outcome.text(), "killed by SIGSEGV\nlast words");
}

TEST(ExecHandler, AMissingProgramIsNamed) {
    const auto outcome = run({.command = {"errand-no-such-program", "secret-argument"}});
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "exec");
    EXPECT_THAT(outcome.text(), StartsWith("program \"errand-no-such-program\" was not found"));
    EXPECT_THAT(outcome.text(), ::testing::Not(HasSubstr("secret-argument")));
    EXPECT_EQ(run({.command = {"/no/such/program"}}).error_type(), "exec");
}

TEST(ExecHandler, AFileThatMayNotBeExecutedIsNamed) {
    const auto outcome = run({.command = {"/etc/passwd"}});
    EXPECT_EQ(outcome.error_type(), "exec");
    EXPECT_EQ(outcome.text(), "program \"/etc/passwd\" is not executable: correct its permissions");
}

TEST(ExecHandler, AMissingDirectoryIsNamed) {
    auto options = shell("pwd");
    options.directory = "/no/such/directory";
    const auto outcome = run(options);
    EXPECT_EQ(outcome.error_type(), "exec");
    EXPECT_THAT(outcome.text(), HasSubstr("\"/no/such/directory\""));
}

TEST(ExecHandler, RunsInItsDirectory) {
    auto options = shell("pwd");
    options.directory = "/usr";
    FakeContext job;
    static_cast<void>(run(options, job));
    EXPECT_THAT(job.log_lines(), ElementsAre("/usr"));
}

TEST(ExecHandler, NoShellLooksAtTheArguments) {
    FakeContext job;
    job.job_type = "$(touch /tmp/errand-injected)";
    job.job_args = R"(["; echo injected #", "`echo injected`"])";
    const auto outcome =
        run({.command = {"printf", "%s\n", "$(echo injected)", "; echo injected", "a  b*"}}, job);
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_THAT(job.log_lines(), ElementsAre("$(echo injected)", "; echo injected", "a  b*"));
}

TEST(ExecHandler, MemoryIsLimited) {
    auto options = python("x = bytearray(1 << 30)");
    options.memory_bytes = 256U << 20;
    const auto outcome = run(options);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_THAT(outcome.text(), HasSubstr("MemoryError"));
}

TEST(ExecHandler, CpuTimeIsLimited) {
    auto options = shell("while :; do :; done");
    options.cpu_seconds = 1;
    EXPECT_EQ(run(options).error_type(), "signal 24");
}

TEST(ExecHandler, OpenFilesAreLimited) {
    auto options = shell("printf '::result '; ulimit -n");
    options.open_files = 32;
    EXPECT_EQ(run(options).text(), "32");
}

TEST(ExecHandler, OnlyTheThreeStandardDescriptorsAreInherited) {
    const auto outcome =
        run(python("import os\n"
                   "open_fds = [f for f in range(3, 200) if os.path.exists(f'/proc/self/fd/{f}')]\n"
                   "print('::result', len(open_fds))"));
    EXPECT_EQ(outcome.text(), "0");
}

TEST(ExecHandler, SignalsAreAsANewProgramExpectsThem) {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto* const old_handler = std::signal(SIGPIPE, SIG_IGN);
    const auto outcome =
        run(shell("printf '::result \"'; grep -E '^Sig(Blk|Ign)' /proc/self/status | "
                  "cut -f2 | tr '\\n' ' ' | tr -d '\\n'; printf '\"'"));
    std::signal(SIGPIPE, old_handler);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::uint64_t blocked_mask = ~0ULL;
    std::uint64_t ignored_mask = ~0ULL;
    ASSERT_EQ(std::sscanf(outcome.text().c_str(), "\"%lx %lx", &blocked_mask, &ignored_mask), 2);
    EXPECT_EQ(blocked_mask, 0U);
    // Signals 32 and 33 belong to the C library, which lets nobody change what was inherited.
    EXPECT_EQ(ignored_mask & ~(3ULL << 31), 0U);
}

TEST(ExecHandler, LeadsAProcessGroupOfItsOwn) {
    const auto outcome =
        run(python("import os; print('::result', int(os.getpgrp() == os.getpid()))"));
    EXPECT_EQ(outcome.text(), "1");
}

}  // namespace
}  // namespace errand::testing
