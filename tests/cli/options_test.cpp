#include "cli/builtin_handlers.hpp"
#include "cli/drain.hpp"
#include "cli/exit_code.hpp"
#include "cli/listen_address.hpp"
#include "cli/worker_setup.hpp"
#include "engine/engine_options.hpp"
#include "expect_error.hpp"

#include <gmock/gmock.h>

namespace errand::cli::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(WorkerOptions, FlagsGoBeforeTheConfigurationBeforeTheDefaults) {
    EXPECT_EQ(engine::describe_queues(worker_options({}, {})), "default:8");
    Config config;
    config.groups = {{{{"mail"}}, 4}, {{{"slow"}}, 1}};
    config.worker.lease = 30s;
    EXPECT_EQ(engine::describe_queues(worker_options({}, config)), "mail:4 slow:1");
    EXPECT_EQ(worker_options({}, config).lease, Duration{30s});
    WorkerFlags flags;
    flags.queues = {"x", "y:2"};
    flags.concurrency = 5;
    flags.lease = "20s";
    EXPECT_EQ(engine::describe_queues(worker_options(flags, config)), "x:5 y:2");
    EXPECT_EQ(worker_options(flags, config).lease, Duration{20s});
}

TEST(WorkerOptions, QueuesMayShareThreads) {
    WorkerFlags flags;
    flags.queues = {"mail:2", "high*6,default*3,low:8", "a,b"};
    const auto options = worker_options(flags, {});
    EXPECT_EQ(engine::describe_queues(options), "mail:2 high*6,default*3,low*1:8 a,b:8");
    EXPECT_EQ(engine::total_slots(options), 18U);
    EXPECT_THAT(queue_names(options),
                testing::ElementsAre("mail", "high", "default", "low", "a", "b"));
}

TEST(WorkerOptions, RefusesBadFlags) {
    const auto refusal = [](const WorkerFlags& flags) {
        return error_of([&] { (void)worker_options(flags, {}); });
    };
    WorkerFlags flags;
    flags.queues = {"a", "a:2"};
    EXPECT_THAT(refusal(flags), HasSubstr("twice"));
    flags.queues = {"a,b", "b"};
    EXPECT_THAT(refusal(flags), HasSubstr("twice"));
    flags.queues = {"a*x,b"};
    EXPECT_THAT(refusal(flags), HasSubstr("--queue a*x,b: "));
    flags.queues = {"mail:0"};
    EXPECT_THAT(refusal(flags), HasSubstr("1 to 1024"));
    flags = {};
    flags.grace = "soon";
    EXPECT_THAT(refusal(flags), HasSubstr("--grace"));
    flags = {};
    flags.log_level = "loud";
    EXPECT_THAT(refusal(flags), HasSubstr("--log-level"));
    flags = {};
    flags.concurrency = 0;
    EXPECT_THAT(refusal(flags), HasSubstr("--concurrency"));
}

TEST(ListenAddress, ReadsHostAndPort) {
    EXPECT_EQ(parse_listen_address("127.0.0.1:7420").host, "127.0.0.1");
    EXPECT_EQ(parse_listen_address("127.0.0.1:7420").port, 7420);
    EXPECT_EQ(parse_listen_address("[::1]:0").host, "::1");
    EXPECT_EQ(http_url("::1", 80), "http://[::1]:80");
    EXPECT_EQ(http_url("localhost", 80), "http://localhost:80");
    for (const char* text :
         {"", ":80", "host", "host:", "host:65536", "host:x", "::1:80", "[]:80", "[::1:80"}) {
        EXPECT_THAT(error_of([&] { (void)parse_listen_address(text); }), HasSubstr("HOST:PORT"))
            << text;
    }
}

TEST(SleepDuration, ReadsBothForms) {
    EXPECT_EQ(sleep_duration(R"(["2s"])"), Duration{2s});
    EXPECT_EQ(sleep_duration(R"([{"for":"150ms"}])"), Duration{150ms});
    for (const char* args : {"[]", "[2]", "[{}]", R"(["soon"])", R"(["1s","2s"])"}) {
        EXPECT_THROW((void)sleep_duration(args), Error) << args;
    }
}

TEST(UnfinishedJobs, CountsAllStatesOfTheQueuesAskedFor) {
    StoreStats stats;
    auto& queue = stats.queues["a"];
    queue.available = 1;
    queue.scheduled = 2;
    queue.retryable = 4;
    queue.active = 8;
    queue.pending = 16;
    stats.queues["b"].available = 100;
    EXPECT_EQ(unfinished_jobs(stats, {"a"}), 31U);
    EXPECT_EQ(unfinished_jobs(stats, {"a", "b"}), 131U);
    EXPECT_EQ(unfinished_jobs(stats, {"c"}), 0U);
}

TEST(ExitCodes, FollowTheErrorsRemedy) {
    EXPECT_EQ(exit_code_of(ErrorCode::invalid_argument), ExitCode::usage);
    EXPECT_EQ(exit_code_of(ErrorCode::limit_exceeded), ExitCode::usage);
    EXPECT_EQ(exit_code_of(ErrorCode::not_found), ExitCode::failed);
    EXPECT_EQ(exit_code_of(ErrorCode::timed_out), ExitCode::timed_out);
    EXPECT_EQ(exit_code_of(ErrorCode::store_unavailable), ExitCode::store_unavailable);
    EXPECT_EQ(exit_code_of(ErrorCode::store_corrupt), ExitCode::store_unavailable);
    EXPECT_EQ(exit_code_of(ErrorCode::store_incompatible), ExitCode::store_unavailable);
}

}  // namespace
}  // namespace errand::cli::test
