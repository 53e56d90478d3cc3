#include "crash/faults.hpp"
#include "crash/recovery.hpp"
#include "crash/script.hpp"
#include "crash/store_dump.hpp"
#include "support/temp_dir.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <functional>
#include <new>
#include <optional>
#include <set>
#include <thread>
#include <vector>

// Each call of a script over the whole store is made again and again, with its first, second, …
// disk operation or allocation failing, until none is left to fail. Each time the call says so with
// an error, has happened whole or not at all, and the store goes on working.

namespace errand::test {
namespace {

std::string path_in(const TempDir& folder) {
    return (folder.path() / "a.db").string();
}

/// What the store holds after each step when nothing fails.
std::vector<std::string> states_of(const std::vector<Step>& script) {
    const TempDir folder;
    test::Run run{"sqlite:" + path_in(folder)};
    std::vector<std::string> states;
    for (const auto& step : script) {
        run.clock().advance(step.wait);
        step.call(run);
        states.push_back(run.is_open() ? dump_tables(path_in(folder)) : states.back());
    }
    run.close();
    return states;
}

std::int64_t workers_in(std::string_view state) {
    std::int64_t count = 0;
    for (auto at = state.find("\nworker|"); at != std::string_view::npos;
         at = state.find("\nworker|", at + 1)) {
        ++count;
    }
    return count;
}

struct Counts {
    std::uint64_t faults = 0;    ///< injected
    std::uint64_t refused = 0;   ///< calls that failed and changed nothing
    std::uint64_t applied = 0;   ///< calls that failed after their commit
    std::uint64_t survived = 0;  ///< calls that succeeded all the same
    std::uint64_t passes = 0;    ///< over the script, each with a sound file at its end
};

/// A step that survives a fault has happened and cannot be made again: what is left of its uses is
/// for the next pass over the script.
struct Progress {
    std::uint64_t next = 1;  ///< the first use that has not failed yet
    bool through = false;
};

class FaultPass {
public:
    FaultPass(FaultPoint& point, bool lasting, std::uint64_t stride,
              std::vector<Progress>& progress, Counts& counts)
        : counts_(counts), point_(point), lasting_(lasting), stride_(stride), progress_(progress) {}

    void go(const std::vector<Step>& script, const std::vector<std::string>& states) {
        std::string before;  // no store yet
        for (std::size_t i = 0; i < end_of_work() && !::testing::Test::HasFailure(); ++i) {
            run_.clock().advance(script[i].wait);
            step(script[i], progress_[i], before, states[i]);
            before = states[i];
        }
        run_.close();
        const auto found = recover(path_);
        EXPECT_EQ(found.problem, "");
        EXPECT_EQ(found.state, before);
        ++counts_.passes;
    }

private:
    /// What comes after the last step that still has something to fail need not be repeated.
    [[nodiscard]] std::size_t end_of_work() const {
        const auto rest =
            std::ranges::find_if_not(progress_.rbegin(), progress_.rend(), &Progress::through);
        return static_cast<std::size_t>(progress_.rend() - rest);
    }

    void step(const Step& step, Progress& progress, const std::string& before,
              const std::string& after) {
        if (progress.through) return step.call(run_);
        while (!::testing::Test::HasFailure()) {
            SCOPED_TRACE(fmt::format("\"{}\", fault at use {}", step.name, progress.next));
            const bool was_open = run_.is_open();
            const bool done = call(step, progress.next);
            progress.next += stride_;
            if (point_.fired()) ++counts_.faults;
            progress.through = !point_.fired();
            // Closing takes what comes, and before the first opening there are no tables.
            const bool looks = run_.is_open() || (!done && !before.empty());
            const auto now = looks ? dump_tables(path_) : done ? after : before;
            if (done) {
                if (point_.fired()) ++counts_.survived;
                EXPECT_EQ(now, after);
                return;
            }
            if (now == after && now != before) {
                ++counts_.applied;
                run_.note_workers(workers_in(now));
                return;
            }
            EXPECT_EQ(now, before) << "the call failed and is half done";
            EXPECT_TRUE(run_.is_open() == was_open);
            ++counts_.refused;
        }
    }

    /// True: the call returned.
    bool call(const Step& step, std::uint64_t nth) {
        point_.arm(nth, lasting_);
        try {
            step.call(run_);
            point_.disarm();
            return true;
        } catch (const Error& error) {
            point_.disarm();
            EXPECT_EQ(error.code(), ErrorCode::store_unavailable) << error.what();
            EXPECT_TRUE(point_.fired()) << "failed without a fault: " << error.what();
        } catch (const std::bad_alloc&) {
            point_.disarm();
        }
        return false;
    }

    Counts& counts_;
    FaultPoint& point_;
    bool lasting_;
    std::uint64_t stride_;
    std::vector<Progress>& progress_;
    TempDir folder_;
    std::string path_ = path_in(folder_);
    Run run_{"sqlite:" + path_};
};

/// `lasting_stride`: lasting faults begin at every so many uses only.
void loop(FaultPoint& point, const std::string& what, std::uint64_t lasting_stride = 1) {
    const auto script = every_call(1, 1);
    const auto states = states_of(script);
    for (const bool lasting : {false, true}) {
        Counts counts;
        std::vector<Progress> progress(script.size());
        while (!::testing::Test::HasFailure() &&
               !std::ranges::all_of(progress, &Progress::through)) {
            FaultPass{point, lasting, lasting ? lasting_stride : 1, progress, counts}.go(script,
                                                                                         states);
        }
        fmt::print(
            "crash: {} faults of {} ({}) in {} passes: {} refused, {} applied, {} "
            "survived; {} violations\n",
            counts.faults, what, lasting ? "lasting" : "once", counts.passes, counts.refused,
            counts.applied, counts.survived, ::testing::Test::HasFailure() ? "some" : "0");
        EXPECT_GT(counts.refused, 0U);
    }
}

TEST(FaultTest, TheDiskFailsAtEachOperation) {
    DiskFault disk{SQLITE_IOERR};
    const ShimVfs vfs{disk};
    loop(disk.point, "the disk");
}

TEST(FaultTest, TheDiskIsFullAtEachOperation) {
    DiskFault disk{SQLITE_FULL};
    const ShimVfs vfs{disk};
    loop(disk.point, "a full disk");
}

TEST(FaultTest, SqliteGetsNoMemoryAtEachAllocation) {
    const SqliteMemoryFault memory;
    loop(SqliteMemoryFault::point(), "SQLite's memory", 7);
}

TEST(FaultTest, TheCallGetsNoMemoryAtEachAllocation) {
    loop(new_fault(), "operator new");
}

/// Callers that commit together, each of whom runs out of memory somewhere: all get an answer, and
/// what was answered is true.
TEST(FaultTest, CallersWhoShareACommitAreAllAnswered) {
    constexpr std::uint32_t callers = 6;
    constexpr std::uint32_t rounds = 150;
    const TempDir folder;
    test::Run run{"sqlite:" + path_in(folder)};
    run.open();
    std::array<std::set<std::uint32_t>, callers> done;
    std::array<std::uint64_t, callers> refused{};
    {
        std::barrier together{callers};
        std::vector<std::jthread> threads;
        for (std::uint32_t t = 0; t < callers; ++t) {
            threads.emplace_back([&, t] {
                for (std::uint32_t i = 0; i < rounds; ++i) {
                    NewJob job;
                    job.id = script_job_id(i * callers + t);
                    job.type = "a";
                    together.arrive_and_wait();
                    new_fault().arm(i / 3 + 1, i % 2 == 1);
                    try {
                        (void)run.store().insert({&job, 1});
                        new_fault().disarm();
                        done.at(t).insert(i * callers + t);
                    } catch (const std::exception&) {
                        new_fault().disarm();
                        ++refused.at(t);
                    }
                }
            });
        }
    }
    std::uint64_t failures = 0;
    for (std::uint32_t t = 0; t < callers; ++t) {
        failures += refused.at(t);
        for (const auto number : done.at(t))
            EXPECT_TRUE(run.store().find(script_job_id(number))) << number;
    }
    EXPECT_GT(failures, 0U);
    EXPECT_LT(failures, std::uint64_t{callers} * rounds);
    run.close();
    EXPECT_EQ(recover(path_in(folder)).problem, "");
    fmt::print("crash: {} of {} calls that share commits refused for want of memory; 0 lost\n",
               failures, callers * rounds);
}

}  // namespace
}  // namespace errand::test
