#include "server/metrics.hpp"

#include <gmock/gmock.h>

#include <fmt/format.h>

namespace errand::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

StoreSnapshot snapshot_of(std::map<std::string, QueueStats> queues) {
    StoreSnapshot snapshot;
    for (const auto state : all_job_states)
        snapshot.stats.states[state] = 0;
    snapshot.stats.queues = std::move(queues);
    return snapshot;
}

TEST(Metrics, TellTheQueues) {
    QueueStats mail;
    mail.available = 3;
    mail.retryable = 2;
    mail.paused = true;
    mail.late = 2;
    mail.oldest_available = std::chrono::milliseconds{1500};
    const auto text = metrics_text({snapshot_of({{"mail", mail}}), {}});
    EXPECT_THAT(text, HasSubstr("errand_queue_jobs{queue=\"mail\",state=\"available\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_jobs{queue=\"mail\",state=\"retryable\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_oldest_ready_seconds{queue=\"mail\"} 1.5\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_paused{queue=\"mail\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_late_jobs{queue=\"mail\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE errand_queue_jobs gauge\n"));
}

TEST(Metrics, SumQueuesBeyondTheGuardUnderOther) {
    std::map<std::string, QueueStats> queues;
    for (int i = 0; i < 1'000; ++i) {
        QueueStats queue;
        queue.available = 1;
        queue.paused = i % 2 == 0;
        queue.oldest_available = std::chrono::seconds{i};
        queues[fmt::format("queue{:04}", i)] = queue;
    }
    const auto text = metrics_text({snapshot_of(queues), {}});
    EXPECT_EQ(count(text, "\nerrand_queue_paused{"), max_metric_queues + 1);
    EXPECT_THAT(text, HasSubstr("errand_queue_jobs{queue=\"_other\",state=\"available\"} 800\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_paused{queue=\"_other\"} 400\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_oldest_ready_seconds{queue=\"_other\"} 999\n"));
    EXPECT_THAT(text, HasSubstr("queue=\"queue0199\""));
    EXPECT_THAT(text, Not(HasSubstr("queue=\"queue0200\"")));
}

TEST(Metrics, NeedNoOtherAtTheGuardItself) {
    std::map<std::string, QueueStats> queues;
    for (std::size_t i = 0; i < max_metric_queues; ++i)
        queues[fmt::format("q{}", i)] = {};
    EXPECT_THAT(metrics_text({snapshot_of(queues), {}}), Not(HasSubstr("queue=\"_other\"")));
}

TEST(Metrics, TellWhatThisProcessDid) {
    WorkerActivity activity;
    activity.started = 10;
    activity.completed = 5;
    activity.failed = 3;
    activity.discarded = 2;
    activity.cancelled = 1;
    activity.expired = 4;
    activity.store_errors = 7;
    activity.slots = 8;
    activity.running = 4;
    const auto text = metrics_text({{}, activity});
    EXPECT_THAT(text, HasSubstr("# TYPE errand_jobs_started_total counter\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs_started_total 10\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs_finished_total{outcome=\"success\"} 5\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs_finished_total{outcome=\"failure\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs_finished_total{outcome=\"dead\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs_finished_total{outcome=\"cancelled\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs_finished_total{outcome=\"expired\"} 4\n"));
    EXPECT_THAT(text, HasSubstr("errand_store_errors_total 7\n"));
    EXPECT_THAT(text, HasSubstr("errand_worker_slots 8\n"));
    EXPECT_THAT(text, HasSubstr("errand_worker_busy 4\n"));
}

TEST(Metrics, LeaveOutWhatIsUnknown) {
    const auto text = metrics_text({});
    EXPECT_THAT(text, HasSubstr("errand_store_up 0\n"));
    EXPECT_THAT(text, HasSubstr("errand_build_info{version="));
    EXPECT_THAT(text, Not(HasSubstr("errand_jobs")));
    EXPECT_THAT(text, Not(HasSubstr("errand_worker")));
}

TEST(Metrics, CountWorkersByState) {
    auto snapshot = snapshot_of({});
    snapshot.workers.resize(3);
    snapshot.workers[1].alive = false;
    const auto text = metrics_text({snapshot, {}});
    EXPECT_THAT(text, HasSubstr("errand_workers{state=\"alive\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("errand_workers{state=\"dead\"} 1\n"));
}

TEST(SuccessRatio, IsCompletedAmongCompletedAndDiscarded) {
    StoreStats stats;
    EXPECT_EQ(success_ratio(stats), std::nullopt);
    stats.states[JobState::cancelled] = 5;
    EXPECT_EQ(success_ratio(stats), std::nullopt);
    stats.states[JobState::completed] = 3;
    stats.states[JobState::discarded] = 1;
    EXPECT_EQ(success_ratio(stats), 0.75);
}

}  // namespace
}  // namespace errand::server
