#include "cli/bench/load.hpp"
#include "cli/bench/process_phase.hpp"
#include "cli/bench/run.hpp"
#include "cli/bench/scratch.hpp"
#include "support/temp_dir.hpp"

#include <errand/error.hpp>

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include <fstream>

namespace errand::cli::bench {
namespace {

using namespace std::chrono_literals;

BenchOptions quick(std::string store_url) {
    BenchOptions options;
    options.store_url = std::move(store_url);
    options.jobs = 1'500;  // not a multiple of the batch
    options.rounds = 1;
    options.slots = 2;
    options.pickups = 0;
    options.single_time_ms = 20;
    return options;
}

std::size_t entries(const std::filesystem::path& directory) {
    const std::filesystem::directory_iterator all{directory};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(Bench, MeasuresAMemoryStore) {
    const InterruptGuard interrupt;
    auto options = quick("memory:");
    options.pickups = 5;
    const auto figures = run_bench(options, interrupt);
    EXPECT_GT(figures.enqueue_single_per_s, 0);
    EXPECT_GT(figures.enqueue_64_callers_per_s, 0);
    EXPECT_GT(figures.enqueue_batch_per_s, 0);
    EXPECT_GT(figures.process_per_s, 0);
    EXPECT_GT(figures.mixed_enqueue_per_s, 0);
    EXPECT_GT(figures.mixed_process_per_s, 0);
    EXPECT_GT(figures.pickup_p50_us, 0);
    EXPECT_GE(figures.pickup_p99_us, figures.pickup_p50_us);
    EXPECT_EQ(figures.raw_process_per_s, std::nullopt);
    EXPECT_EQ(figures.fsync_us, std::nullopt);
    EXPECT_EQ(figures.durability, "none");
}

TEST(Bench, MeasuresASqliteStoreBesideItsJobsAndLeavesNothing) {
    const test::TempDir folder;
    const InterruptGuard interrupt;
    const auto figures = run_bench(
        quick("sqlite:" + (folder.path() / "app.db").string() + "?durability=process"), interrupt);
    EXPECT_GT(figures.process_per_s, 0);
    EXPECT_GT(figures.raw_enqueue_batch_per_s, 0);
    EXPECT_GT(figures.raw_process_per_s, 0);
    EXPECT_GT(figures.raw_process_memory_claims_per_s, 0);
    EXPECT_GT(figures.fsync_us, 0);
    EXPECT_EQ(figures.durability, "process");
    EXPECT_EQ(entries(folder.path()), 0U) << "neither scratch space nor the store itself";
}

TEST(Bench, MeasuresOnlyWhatIsAskedFor) {
    const InterruptGuard interrupt;
    auto options = quick("memory:");
    options.only = {"process"};
    const auto figures = run_bench(options, interrupt);
    EXPECT_GT(figures.process_per_s, 0);
    EXPECT_EQ(figures.mixed_process_per_s, std::nullopt);
    EXPECT_EQ(figures.enqueue_single_per_s, std::nullopt);
    EXPECT_EQ(figures.pickup_p50_us, std::nullopt);
    EXPECT_TRUE(figures.beside.empty());
}

void expect_every_depth(const std::string& store_url) {
    const InterruptGuard interrupt;
    auto options = quick(store_url);
    options.only = {"depth"};
    options.jobs = 600;
    options.depth = 2'500;
    options.depth_turns = 2;
    const auto figures = run_bench(options, interrupt);
    EXPECT_EQ(figures.depth, 2'500U);
    EXPECT_EQ(figures.depth_jobs, 600U);
    EXPECT_GT(figures.saturated_turn_p50_us, 0);
    EXPECT_GT(figures.saturated_limit_p99_us, 0);
    ASSERT_EQ(figures.beside.size(), depth_kinds.size());
    for (std::size_t i = 0; i < depth_kinds.size(); ++i) {
        SCOPED_TRACE(depth_kinds[i].name);
        EXPECT_EQ(figures.beside[i].kind, depth_kinds[i].kind);
        EXPECT_GT(figures.beside[i].per_s, 0);
        EXPECT_GT(figures.beside[i].base_per_s, 0);
        EXPECT_GT(figures.beside[i].ratio, 0);
    }
}

TEST(Bench, MeasuresProcessingBesideOtherJobsInAMemoryStore) {
    expect_every_depth("memory:");
}

TEST(Bench, MeasuresProcessingBesideOtherJobsInASqliteStore) {
    const test::TempDir folder;
    expect_every_depth("sqlite:" + (folder.path() / "app.db").string() + "?durability=process");
    EXPECT_EQ(entries(folder.path()), 0U);
}

void expect_every_feature(const std::string& store_url) {
    const InterruptGuard interrupt;
    auto options = quick(store_url);
    options.only = {"features"};
    options.feature_jobs = 600;
    options.feature_turns = 2;
    const auto figures = run_bench(options, interrupt);
    EXPECT_EQ(figures.feature_jobs, 600U);
    ASSERT_EQ(figures.features.size(), feature_kinds.size());
    for (std::size_t i = 0; i < feature_kinds.size(); ++i) {
        SCOPED_TRACE(feature_kinds[i].name);
        EXPECT_EQ(figures.features[i].kind, feature_kinds[i].kind);
        EXPECT_GT(figures.features[i].per_s, 0);
        EXPECT_GT(figures.features[i].base_per_s, 0);
        EXPECT_GT(figures.features[i].ratio, 0);
    }
}

TEST(Bench, MeasuresWhatFeaturesCostInAMemoryStore) {
    expect_every_feature("memory:");
}

TEST(Bench, MeasuresWhatFeaturesCostInASqliteStore) {
    const test::TempDir folder;
    expect_every_feature("sqlite:" + (folder.path() / "app.db").string() + "?durability=process");
    EXPECT_EQ(entries(folder.path()), 0U);
}

TEST(BenchProcessing, LeavesTheJobsBeyondThePartThatIsMeasured) {
    const InterruptGuard interrupt;
    Client client{open_store("memory:")};
    client.enqueue_many(make_jobs(1'000));
    EXPECT_GT(measure_processing_part(client, 100, 1, interrupt), 0);
    const auto states = client.stats().states;
    EXPECT_GE(states.at(JobState::completed), 100U);
    EXPECT_EQ(states.at(JobState::completed) + states.at(JobState::available), 1'000U);
}

TEST(Bench, TakesSignalsAsAReasonToCleanUp) {
    const test::TempDir folder;
    const InterruptGuard interrupt;
    auto options = quick("sqlite:" + (folder.path() / "app.db").string());
    options.progress = [](std::uint32_t, std::uint32_t, std::string_view next) {
        if (next == "batches, processing") (void)std::raise(SIGTERM);
    };
    EXPECT_THROW(run_bench(options, interrupt), Interrupted);
    EXPECT_EQ(entries(folder.path()), 0U);
}

TEST(BenchFigures, HaveEveryDocumentedField) {
    Figures figures;
    figures.enqueue_single_per_s = 10;
    figures.enqueue_64_callers_per_s = 250;
    figures.raw_process_per_s = 100;
    figures.process_per_s = 40;
    const auto json = boost::json::parse(to_json(figures)).as_object();
    for (const auto* name :
         {"enqueue_single_per_s", "enqueue_64_callers_per_s", "enqueue_batch_per_s",
          "process_per_s", "mixed_enqueue_per_s", "mixed_process_per_s", "pickup_p50_us",
          "pickup_p99_us", "raw_enqueue_batch_per_s", "raw_process_per_s", "fsync_us", "jobs",
          "durability"}) {
        EXPECT_TRUE(json.contains(name)) << name;
    }
    EXPECT_TRUE(json.at("raw_enqueue_batch_per_s").is_null());
    EXPECT_TRUE(json.at("enqueue_batch_ratio").is_null());
    EXPECT_EQ(json.at("callers_ratio").as_double(), 25.0);
    EXPECT_EQ(json.at("process_ratio").as_double(), 0.4);
    EXPECT_TRUE(json.at("depth_waiting_ratio").is_null());
}

TEST(BenchFigures, GiveTheRatiosOfDepthAndTheBestSmallStore) {
    Figures figures;
    figures.depth = 1'000'000;
    figures.beside = {{DepthKind::waiting, 90, 100, 0.875}, {DepthKind::queues, 110, 120, 0.9}};
    const auto json = boost::json::parse(to_json(figures)).as_object();
    EXPECT_EQ(json.at("depth").as_int64(), 1'000'000);
    EXPECT_EQ(json.at("depth_base_per_s").as_double(), 120);
    EXPECT_EQ(json.at("depth_waiting_per_s").as_double(), 90);
    EXPECT_EQ(json.at("depth_waiting_ratio").as_double(), 0.875);
    EXPECT_EQ(json.at("depth_queues_ratio").as_double(), 0.9);
    EXPECT_TRUE(json.at("depth_finished_ratio").is_null());
}

TEST(BenchLoad, HasArgumentsOfTheDocumentedSize) {
    EXPECT_EQ(make_job().args.size(), args_bytes);
    EXPECT_TRUE(boost::json::parse(make_job().args).is_array());
}

TEST(BenchLoad, FindsPercentiles) {
    std::vector<Clock::duration> times;
    for (int i = 100; i >= 0; --i)
        times.push_back(i * 1us);
    EXPECT_EQ(percentile_us(times, 0.5), 50);
    EXPECT_EQ(percentile_us(times, 0.99), 99);
    EXPECT_EQ(percentile_us(times, 1.0), 100);
    EXPECT_EQ(percentile_us({}, 0.5), 0);
}

TEST(Scratch, KeepsOddPathsAndTheOptionsOfTheStore) {
    const test::TempDir folder;
    const auto odd = folder.path() / "100% a?b&c";
    std::filesystem::create_directory(odd);
    Scratch scratch{"sqlite:" + folder.path().string() +
                    "/100%25 a%3Fb%26c/app.db?durability=process"};
    EXPECT_EQ(scratch.durability(), "process");
    const FreshStore fresh{scratch};
    EXPECT_EQ(entries(odd), 1U);
    EXPECT_EQ(fresh.store()->stats().queues.size(), 0U);
    EXPECT_THAT(fresh.url(), testing::EndsWith("/1/bench.db?durability=process"));
}

TEST(Scratch, RefusesWhatItCannotMeasure) {
    EXPECT_THROW(Scratch{"ftp:x"}, Error);
    try {
        const Scratch scratch{"sqlite:/nowhere/at/all/app.db"};
        FAIL() << "no such directory";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::store_unavailable);
        EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/at/all/.errand-bench-"));
    }
}

}  // namespace
}  // namespace errand::cli::bench
