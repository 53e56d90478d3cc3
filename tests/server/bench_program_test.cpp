#include "server/errand_program.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include <csignal>
#include <thread>

namespace errand::test {
namespace {

std::size_t scratch_directories(const std::filesystem::path& directory) {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::directory_iterator{directory}) {
        found += entry.path().filename().string().starts_with(".errand-bench-") ? 1 : 0;
    }
    return found;
}

TEST(BenchProgram, PrintsFiguresOfAWorkerInAnotherProcess) {
    const TempDir folder;
    const auto end = run_errand(
        {"bench", "--store", "sqlite:app.db", "--jobs", "1000", "--rounds", "1", "--json"},
        folder.path());
    ASSERT_EQ(end.exit_code, 0) << end.err;
    const auto json = boost::json::parse(end.out).as_object();
    EXPECT_GT(json.at("pickup_cross_process_p50_us").as_double(), 0);
    EXPECT_GE(json.at("pickup_cross_process_p50_us").as_double(),
              json.at("pickup_cross_process_after_commit_p50_us").as_double());
    EXPECT_EQ(json.at("jobs").as_int64(), 1'000);
    EXPECT_EQ(json.at("durability").as_string(), "full");
    EXPECT_EQ(scratch_directories(folder.path()), 0U);
}

TEST(BenchProgram, MeasuresDepthAlone) {
    const TempDir folder;
    const auto end = run_errand({"bench", "--store", "memory:", "--only", "depth", "--depth",
                                 "10000", "--jobs", "1000", "--json"},
                                folder.path());
    ASSERT_EQ(end.exit_code, 0) << end.err;
    const auto json = boost::json::parse(end.out).as_object();
    EXPECT_EQ(json.at("depth").as_int64(), 10'000);
    EXPECT_GT(json.at("depth_base_per_s").as_double(), 0);
    EXPECT_GT(json.at("depth_priorities_ratio").as_double(), 0);
    EXPECT_TRUE(json.at("process_per_s").is_null());
}

TEST(BenchProgram, RemovesItsScratchSpaceWhenInterrupted) {
    const TempDir folder;
    Program program{errand_command({"bench", "--store", "sqlite:app.db", "--jobs", "10000000"}),
                    {.directory = folder.path().string()}};
    while (scratch_directories(folder.path()) == 0)
        std::this_thread::yield();
    program.send(SIGINT);
    EXPECT_EQ(program.wait().signal, SIGINT);
    EXPECT_EQ(scratch_directories(folder.path()), 0U);
}

TEST(BenchProgram, RefusesBadOptions) {
    const TempDir folder;
    EXPECT_EQ(run_errand({"bench", "--jobs", "0"}, folder.path()).exit_code, 2);
    EXPECT_EQ(run_errand({"bench", "--only", "speed"}, folder.path()).exit_code, 2);
    const auto depth = run_errand({"bench", "--only", "depth"}, folder.path());
    EXPECT_EQ(depth.exit_code, 2);
    EXPECT_THAT(depth.err, testing::HasSubstr("--depth N"));
    const auto features = run_errand({"bench", "--only", "features"}, folder.path());
    EXPECT_EQ(features.exit_code, 2);
    EXPECT_THAT(features.err, testing::HasSubstr("--features N"));
    const auto schedules = run_errand({"bench", "--only", "schedules"}, folder.path());
    EXPECT_EQ(schedules.exit_code, 2);
    EXPECT_THAT(schedules.err, testing::HasSubstr("--schedules N"));
    EXPECT_EQ(run_errand({"bench", "--store", "nonsense:x"}, folder.path()).exit_code, 2);
    EXPECT_EQ(run_errand({"bench", "--store", "sqlite:none/app.db"}, folder.path()).exit_code, 4);
}

}  // namespace
}  // namespace errand::test
