#include "base/unique_fd.hpp"
#include "exec_support.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace errand::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Kind = Outcome::Kind;
using SteadyClock = std::chrono::steady_clock;

/// Runs the program in a thread and asks it to stop once it has logged "ready".
Outcome run_and_stop(const ExecOptions& options, FakeContext& job) {
    std::jthread stopper{[&job] {
        job.wait_for_log("ready");
        job.stop(StopReason::cancelled);
    }};
    return run(options, job);
}

/// A named pipe: the test learns when every process that holds its other end is gone.
class Fifo {
public:
    Fifo() {
        std::string pattern = "/tmp/errand-fifo-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        EXPECT_EQ(::mkfifo(path().c_str(), 0600), 0);
    }
    ~Fifo() { std::filesystem::remove_all(directory_); }
    [[nodiscard]] std::string path() const { return directory_ + "/fifo"; }

    /// Waits for a writer.
    void open() { fd_ = base::UniqueFd{::open(path().c_str(), O_RDONLY | O_CLOEXEC)}; }
    /// What was written until the next newline; empty when all writers are gone.
    [[nodiscard]] std::string read_line() const {
        std::string line;
        for (char c = 0; ::read(fd_.get(), &c, 1) == 1 && c != '\n';)
            line += c;
        return line;
    }

private:
    std::string directory_;
    base::UniqueFd fd_;
};

TEST(ExecStop, SigtermEndsTheGroupAtOnce) {
    FakeContext job;
    auto options = shell("sleep 600 & echo ready; wait");
    options.kill_after = 1h;
    const auto outcome = run_and_stop(options, job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "stopped");
    EXPECT_EQ(outcome.text(), "stopped by SIGTERM\nready");
}

TEST(ExecStop, AProgramMayTidyUpButHasNotFinished) {
    FakeContext job;
    auto options =
        shell("trap 'echo tidied; exit 0' TERM; echo ready; while :; do sleep 600 & wait; done");
    options.kill_after = 1h;
    const auto outcome = run_and_stop(options, job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_THAT(outcome.text(), HasSubstr("stopped by SIGTERM\nready\ntidied"));
}

TEST(ExecStop, SigkillFollowsWhenSigtermIsIgnored) {
    FakeContext job;
    auto options = shell("trap '' TERM; echo ready; while :; do sleep 600; done");
    options.kill_after = 50ms;
    const auto begun = SteadyClock::now();
    const auto outcome = run_and_stop(options, job);
    EXPECT_GE(SteadyClock::now() - begun, 50ms);
    EXPECT_THAT(outcome.text(), HasSubstr("stopped by SIGKILL, still running 50ms after SIGTERM"));
}

TEST(ExecStop, AStopBeforeTheStartStartsNothing) {
    FakeContext job;
    job.stop(StopReason::interrupted);
    const auto outcome = run(shell("echo started"), job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_TRUE(job.log_lines().empty());
}

TEST(ExecStop, AStopIsHeardWhileOutputFloods) {
    FakeContext job;
    auto options = shell("echo ready; exec yes");
    options.kill_after = 1h;
    EXPECT_EQ(run_and_stop(options, job).error_type(), "stopped");
}

TEST(ExecStop, BackgroundProcessesNeitherHangTheHandlerNorSurvive) {
    Fifo fifo;
    FakeContext job;
    std::jthread opener{[&fifo] { fifo.open(); }};
    const auto outcome = run(python("import os, signal, time\n"
                                    "r, w = os.pipe()\n"
                                    "if os.fork() == 0:\n"
                                    "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                                    "    fifo = os.open('" +
                                    fifo.path() +
                                    "', os.O_WRONLY)\n"
                                    "    os.write(fifo, b'started\\n'); os.write(w, b'x')\n"
                                    "    time.sleep(600)\n"
                                    "os.read(r, 1); print('::result 1')\n"),
                             job);
    opener.join();
    EXPECT_EQ(outcome.text(), "1");
    EXPECT_EQ(fifo.read_line(), "started");
    EXPECT_EQ(fifo.read_line(), "");  // returns when the background process is gone
}

TEST(ExecStop, WhoeverFledTheGroupDelaysTheReturnByASecondAtMost) {
    const auto begun = SteadyClock::now();
    const auto outcome =
        run(python("import os, time\n"
                   "r, w = os.pipe()\n"
                   "pid = os.fork()\n"
                   "if pid == 0:\n"
                   "    os.setsid(); os.write(w, b'x'); time.sleep(600)\n"
                   "os.read(r, 1); print('::result', pid)\n"));
    EXPECT_LT(SteadyClock::now() - begun, 60s);  // far below what the other one sleeps
    ASSERT_EQ(outcome.kind(), Kind::done);
    EXPECT_EQ(::kill(std::stoi(outcome.text()), SIGKILL), 0);
}

TEST(ExecStop, AKilledWorkerLeavesNoProgramBehind) {
    Fifo fifo;
    const pid_t worker = ::fork();
    ASSERT_GE(worker, 0);
    if (worker == 0) {
        FakeContext job;
        static_cast<void>(
            run(shell("exec 3>" + fifo.path() + "; echo started >&3; exec sleep 600"), job));
        ::_exit(0);
    }
    fifo.open();
    EXPECT_EQ(fifo.read_line(), "started");
    ::kill(worker, SIGKILL);
    ::waitpid(worker, nullptr, 0);
    EXPECT_EQ(fifo.read_line(), "");  // returns when the program is gone
}

TEST(ExecStop, TwoHundredProgramsInEightThreads) {
    std::atomic<int> done = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&done] {
                const auto handler = exec_handler({.command = {"cat"}});
                for (int n = 0; n < 25; ++n) {
                    FakeContext job;
                    if (handler(job).kind() == Kind::done && job.log_lines().size() == 1) ++done;
                }
            });
        }
    }
    EXPECT_EQ(done, 200);
}

}  // namespace
}  // namespace errand::testing
