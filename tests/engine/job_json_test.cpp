#include "client/job_json.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace errand {
namespace {

using namespace std::chrono_literals;

Job full_job() {
    Job job;
    job.id = *JobId::parse("01890000-0000-7000-8000-000000000001");
    job.type = "a\"b";
    job.queue = "default";
    job.args = "[12345678901234567890,1.10]";
    job.tags = {"one", "two"};
    job.state = JobState::retryable;
    job.timeout = 90s;
    job.retry = RetryPolicy::fixed(30s);
    job.progress = Progress{1, 2, "half"};
    JobError error;
    error.kind = FailureKind::timeout;
    error.attempt = 1;
    error.type = "timeout";
    error.message = "too long";
    job.errors = {error};
    return job;
}

TEST(JobJson, KeepsEmbeddedJsonByteForByte) {
    EXPECT_NE(to_json_text(full_job()).find(R"("args":[12345678901234567890,1.10],"meta":null)"),
              std::string::npos);
}

TEST(JobJson, HasEveryDocumentedField) {
    const auto json = boost::json::parse(to_json_text(full_job())).as_object();
    for (const auto* name :
         {"id",          "type",       "queue",    "args",       "meta",         "tags",
          "state",       "status",     "priority", "attempt",    "max_attempts", "retry",
          "timeout",     "unique_key", "key",      "created_at", "scheduled_at", "started_at",
          "finished_at", "expires_at", "worker",   "lease_seq",  "progress",     "result",
          "errors",      "workflow"}) {
        EXPECT_TRUE(json.contains(name)) << name;
    }
    EXPECT_EQ(json.size(), 26U);
    EXPECT_EQ(json.at("type"), "a\"b");
    EXPECT_EQ(json.at("status"), "ongoing");
    EXPECT_EQ(json.at("timeout"), "1m30s");
    EXPECT_EQ(json.at("retry"), "fixed(30s)");
    EXPECT_TRUE(json.at("started_at").is_null());
    EXPECT_EQ(json.at("progress").at("total"), 2);
    const auto& error = json.at("errors").at(0).as_object();
    EXPECT_EQ(error.at("kind"), "timeout");
    EXPECT_TRUE(error.at("backtrace").is_null());
    EXPECT_EQ(error.size(), 8U);
}

TEST(JobJson, StatsTellSuccessAndFailure) {
    StoreStats stats;
    for (const auto state : all_job_states)
        stats.states[state] = 0;
    EXPECT_TRUE(boost::json::parse(to_json_text(stats)).at("success_rate").is_null());
    stats.states[JobState::completed] = 3;
    stats.states[JobState::discarded] = 1;
    stats.states[JobState::retryable] = 2;
    stats.queues["mail"].oldest_available = 1500ms;
    const auto json = boost::json::parse(to_json_text(stats));
    EXPECT_EQ(json.at("success_rate").to_number<double>(), 0.75);
    EXPECT_EQ(json.at("failed"), 3);
    EXPECT_EQ(json.at("discarded"), 1);
    EXPECT_EQ(json.at("states").as_object().size(), all_job_states.size());
    EXPECT_EQ(json.at("queues").at("mail").at("oldest_available_ms"), 1500);
    EXPECT_EQ(json.at("queues").at("mail").at("paused"), false);
}

TEST(JobJson, WorkersAndLogs) {
    WorkerView worker;
    worker.info.name = "w";
    EXPECT_EQ(boost::json::parse(to_json_text(worker)).at("alive"), true);
    const auto log = boost::json::parse(to_json_text(AttemptLog{2, 3, "a\nb"}));
    EXPECT_EQ(log.at("text"), "a\nb");
    EXPECT_EQ(log.at("lease_seq"), 3);
}

}  // namespace
}  // namespace errand
