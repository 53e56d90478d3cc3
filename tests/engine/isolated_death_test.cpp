#include "engine/support.hpp"
#include "support/temp_dir.hpp"

#include <errand/isolated.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

// A worker with isolated processes is killed: they die with it, and nothing that they inherited
// hides its death from others.

namespace errand::test {
namespace {

using testing::HasSubstr;

/// A process that waits to be reaped by somebody counts as gone.
bool is_gone(const std::string& pid) {
    std::ifstream file{"/proc/" + pid + "/stat"};
    std::string text;
    if (!std::getline(file, text)) return true;
    const auto state = text.find(") ");
    return state == std::string::npos || text[state + 2] == 'Z';
}

/// The worker that will be killed; in a process of its own.
[[noreturn]] void be_the_worker(const std::string& url) {
    const auto store = open_store(url);
    // A second worker, so that the lock of one is there when the processes of the other are forked.
    Worker bystander{store, slots(1)};
    bystander.handle("nothing", [](Context&) { return Outcome::done(); });
    bystander.start();
    Worker worker{store, slots(1)};
    Isolated isolated{worker, {.processes = 2}};
    isolated.handle("endless", [](Context& context) -> Outcome {
        context.progress(1, 1, std::to_string(getpid()) + " " + std::to_string(getppid()));
        for (;;)
            pause();
    });
    worker.start();
    for (;;)
        pause();
}

TEST(IsolatedDeath, AKilledWorkerTakesItsProcessesAlongAndItsLockIsFree) {
    const TempDir folder;
    const auto url = "sqlite:" + (folder.path() / "jobs.db").string();
    const auto pid = fork();
    if (pid == 0) be_the_worker(url);
    ASSERT_GT(pid, 0);
    const auto store = open_store(url);
    Client client{store};
    const auto id = client.enqueue(job("endless")).id;
    EXPECT_TRUE(eventually([&] { return client.find(id)->progress.has_value(); }));
    const auto pids = client.find(id)->progress->message;
    ASSERT_EQ(kill(pid, SIGKILL), 0);
    ASSERT_EQ(waitpid(pid, nullptr, 0), pid);
    const auto space = pids.find(' ');
    EXPECT_TRUE(eventually([&] { return is_gone(pids.substr(0, space)); })) << "the process";
    EXPECT_TRUE(eventually([&] { return is_gone(pids.substr(space + 1)); })) << "the zygote";

    Worker heir{store, slots(1)};
    heir.handle("endless", [](Context&) { return Outcome::done(); });
    heir.start();
    const auto ended = client.wait(id, patience);
    heir.stop();
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->state, JobState::completed);
    ASSERT_EQ(ended->errors.size(), 1U);
    // By the lock, not because the lease ran out.
    EXPECT_THAT(ended->errors.front().message, HasSubstr("died"));
    EXPECT_TRUE(store->workers().empty());
}

}  // namespace
}  // namespace errand::test
