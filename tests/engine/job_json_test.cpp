#include "client/job_json.hpp"

#include "client/control_json.hpp"

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
    job.key = "acme";
    job.weight = 3;
    job.blocked = true;
    job.expires_at = parse_timestamp("2026-01-31T08:00:00Z");
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
         {"id",          "type",       "queue",        "args",       "meta",         "tags",
          "state",       "status",     "priority",     "attempt",    "max_attempts", "retry",
          "timeout",     "unique_key", "key",          "created_at", "scheduled_at", "started_at",
          "finished_at", "expires_at", "worker",       "lease_seq",  "progress",     "result",
          "errors",      "workflow",   "weight",       "blocked",    "unique_for",   "on_conflict",
          "suppressed",  "needs",      "awaits_signal"}) {
        EXPECT_TRUE(json.contains(name)) << name;
    }
    EXPECT_EQ(json.size(), 33U);
    EXPECT_EQ(json.at("type"), "a\"b");
    EXPECT_EQ(json.at("status"), "ongoing");
    EXPECT_EQ(json.at("timeout"), "1m30s");
    EXPECT_EQ(json.at("retry"), "fixed(30s)");
    EXPECT_TRUE(json.at("started_at").is_null());
    EXPECT_EQ(json.at("key"), "acme");
    EXPECT_EQ(json.at("weight"), 3);
    EXPECT_EQ(json.at("blocked"), true);
    EXPECT_TRUE(json.at("awaits_signal").is_null());
    EXPECT_EQ(json.at("expires_at"), "2026-01-31T08:00:00.000000Z");
    EXPECT_EQ(json.at("progress").at("total"), 2);
    const auto& error = json.at("errors").at(0).as_object();
    EXPECT_EQ(error.at("kind"), "timeout");
    EXPECT_TRUE(error.at("backtrace").is_null());
    EXPECT_EQ(error.size(), 8U);
}

TEST(JobJson, TellsWhatAUniqueKeyMeans) {
    Job job = full_job();
    job.unique_key = "k";
    job.unique = {UniqueFor::period, 10min, OnConflict::reschedule};
    job.suppressed = 3;
    const auto json = boost::json::parse(to_json_text(job));
    EXPECT_EQ(json.at("unique_for"), "10m");
    EXPECT_EQ(json.at("on_conflict"), "reschedule");
    EXPECT_EQ(json.at("suppressed"), 3);
    job.unique_key.clear();
    EXPECT_TRUE(boost::json::parse(to_json_text(job)).at("unique_for").is_null());
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
    worker.info.types = {"a", "b"};
    worker.info.labels = {"gpu"};
    EXPECT_EQ(boost::json::parse(to_json_text(worker)).at("alive"), true);
    EXPECT_EQ(boost::json::parse(to_json_text(worker)).at("types").as_array().size(), 2U);
    EXPECT_EQ(boost::json::parse(to_json_text(worker)).at("labels").at(0), "gpu");
    const auto log = boost::json::parse(to_json_text(AttemptLog{2, 3, "a\nb"}));
    EXPECT_EQ(log.at("text"), "a\nb");
    EXPECT_EQ(log.at("lease_seq"), 3);
}

TEST(ControlJson, Limits) {
    LimitView view;
    view.limit = {Scope::key("a\"b"), 3, Rate::parse("100/1m burst 5")};
    view.held = 1;
    view.holders = {full_job().id};
    const auto json = boost::json::parse(to_json_text(view));
    EXPECT_EQ(json.at("scope"), "key:a\"b");
    EXPECT_EQ(json.at("concurrency"), 3);
    EXPECT_EQ(json.at("rate"), "100/1m burst 5");
    EXPECT_EQ(json.at("holders").as_array().size(), 1U);
    EXPECT_TRUE(json.at("available").is_null());
    EXPECT_TRUE(json.at("opens_at").is_null());
    EXPECT_TRUE(json.at("breaker").is_null());
    EXPECT_TRUE(json.at("window").is_null());
}

TEST(ControlJson, LimitsWithConditions) {
    LimitView view;
    view.limit.breaker = Breaker{};
    view.limit.window = TimeWindow::parse("mon-fri 08:00-18:00 Europe/Berlin");
    view.failures = 7;
    view.slowed_until = parse_timestamp("2026-01-31T08:00:00Z");
    view.broken_until = parse_timestamp("2026-01-31T09:00:00Z");
    view.window_opens_at = parse_timestamp("2026-01-31T10:00:00Z");
    const auto json = boost::json::parse(to_json_text(view));
    EXPECT_EQ(json.at("breaker"), "5 failures, open 30s");
    EXPECT_EQ(json.at("window"), "mon-fri 08:00-18:00 Europe/Berlin");
    EXPECT_EQ(json.at("failures"), 7);
    EXPECT_EQ(json.at("slowed_until"), "2026-01-31T08:00:00.000000Z");
    EXPECT_EQ(json.at("broken_until"), "2026-01-31T09:00:00.000000Z");
    EXPECT_EQ(json.at("window_opens_at"), "2026-01-31T10:00:00.000000Z");
}

TEST(ControlJson, PausesKeysAndSettings) {
    const auto pause = boost::json::parse(to_json_text(PauseView{Scope::global(), {}, "ada"}));
    EXPECT_EQ(pause.at("scope"), "global");
    EXPECT_EQ(pause.at("by"), "ada");
    const auto key = boost::json::parse(to_json_text(KeyView{"mail", "acme", 7, {}}));
    EXPECT_EQ(key.at("blocked"), 7);
    QueueSettings settings;
    settings.order = QueueOrder::fair;
    settings.key_weights = {{"a\"b", 3}};
    const auto json = boost::json::parse(to_json_text(settings));
    EXPECT_EQ(json.at("order"), "fair");
    EXPECT_EQ(json.at("aging"), "0s");
    EXPECT_EQ(json.at("key_weights").at("a\"b"), 3);
}

TEST(ControlJson, ExplanationsNestWhatAHolderWaitsFor) {
    Explanation explanation;
    auto& reason = explanation.reasons.emplace_back();
    reason.code = ExplainCode::key_blocked;
    reason.count = 2;
    reason.because.emplace_back().code = ExplainCode::retry_wait;
    const auto json = boost::json::parse(to_json_text(explanation));
    const auto& first = json.at("reasons").at(0);
    EXPECT_EQ(first.at("code"), "key_blocked");
    EXPECT_EQ(first.at("count"), 2);
    EXPECT_TRUE(first.at("scope").is_null());
    EXPECT_EQ(first.at("because").at(0).at("code"), "retry_wait");
}

}  // namespace
}  // namespace errand
