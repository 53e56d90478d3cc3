#include "store/sqlite/worker_file.hpp"
#include "support/temp_dir.hpp"

#include <errand/store/store.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace errand::sqlite {
namespace {

class WorkerFileTest : public ::testing::Test {
protected:
    test::TempDir folder_;
    std::string path_ = (folder_.path() / "worker").string();
};

TEST_F(WorkerFileTest, LivesAsLongAsItsOwner) {
    auto file = std::make_unique<WorkerFile>(path_, 4);
    EXPECT_EQ(worker_life(path_), WorkerLife::alive);
    file.reset();
    EXPECT_EQ(worker_life(path_), WorkerLife::dead);
}

TEST_F(WorkerFileTest, SaysNothingOnceRemoved) {
    WorkerFile file{path_, 4};
    file.remove();
    EXPECT_EQ(worker_life(path_), WorkerLife::unknown);
}

TEST_F(WorkerFileTest, ToldByTheKernelWhenTheProcessIsKilled) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        WorkerFile file{path_, 4};
        file.mark(2, 77, 5, RunMark::started);
        (void)!::write(ready[1], "x", 1);
        ::pause();
        ::_exit(1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(worker_life(path_), WorkerLife::alive);
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_EQ(worker_life(path_), WorkerLife::dead);
    EXPECT_EQ(WorkerMarks{path_}.find(77, 5), RunMark::started);
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_F(WorkerFileTest, MarksAreThoseOfTheVeryLease) {
    WorkerFile file{path_, 4};
    file.mark(0, 10, 3, RunMark::started);
    file.mark(1, 11, 1, RunMark::finished);
    const WorkerMarks marks{path_};
    EXPECT_EQ(marks.find(10, 3), RunMark::started);
    EXPECT_EQ(marks.find(11, 1), RunMark::finished);
    EXPECT_EQ(marks.find(10, 4), std::nullopt) << "claimed again, not begun";
    EXPECT_EQ(marks.find(12, 1), std::nullopt) << "in no slot";
}

TEST_F(WorkerFileTest, TheNewestLeaseOfAJobInTwoSlotsCounts) {
    WorkerFile file{path_, 4};
    file.mark(3, 10, 2, RunMark::finished);
    file.mark(0, 10, 4, RunMark::started);
    EXPECT_EQ(WorkerMarks{path_}.find(10, 4), RunMark::started);
}

TEST_F(WorkerFileTest, AnUnreadableFileTellsNothing) {
    { WorkerFile{path_, 4}.mark(0, 10, 3, RunMark::started); }
    std::filesystem::resize_file(path_, 8);
    EXPECT_EQ(WorkerMarks{path_}.find(10, 3), RunMark::unknown);
}

TEST_F(WorkerFileTest, IsRemovedAsAStrayOnlyWhenDeadAndNotNeeded) {
    auto file = std::make_unique<WorkerFile>(path_, 4);
    remove_stray(path_, [] { return false; });
    EXPECT_EQ(worker_life(path_), WorkerLife::alive);
    file.reset();
    remove_stray(path_, [] { return true; });
    EXPECT_EQ(worker_life(path_), WorkerLife::dead);
    remove_stray(path_, [] { return false; });
    EXPECT_EQ(worker_life(path_), WorkerLife::unknown);
}

TEST_F(WorkerFileTest, TakenForAStrayBeforeItIsLockedIsMadeAgain) {
    std::ofstream{path_} << "not locked yet";
    std::thread joining;
    remove_stray(path_, [&] {
        // The lock is held here, so this waits until the file is gone.
        joining = std::thread{[this] {
            const WorkerFile file{path_, 4};
            EXPECT_EQ(worker_life(path_), WorkerLife::alive);
        }};
        return false;
    });
    joining.join();
    EXPECT_EQ(worker_life(path_), WorkerLife::dead);
}

TEST_F(WorkerFileTest, TheNextWorkerClearsAwayWhatOneLeftThatDiedWhileItJoined) {
    const auto database = (folder_.path() / "a.db").string();
    const auto store = open_store("sqlite:" + database);
    const auto stray = database + "-run/worker-never-joined";
    { const WorkerFile file{stray, 4}; }
    WorkerInfo info;
    info.name = "dead";
    auto dead = store->join(info);
    const auto files = [&] {
        const std::filesystem::directory_iterator folder{database + "-run"};
        return std::distance(begin(folder), end(folder));
    };
    EXPECT_EQ(files(), 2) << "the wake file and that of the worker";
    dead.reset();  // as a crash
    info.name = "live";
    const auto live = store->join(info);
    EXPECT_EQ(files(), 3) << "a crashed worker's file is needed by the one who takes over";
}

}  // namespace
}  // namespace errand::sqlite
