#include "server/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace errand::server {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using Label = prometheus::ClientMetric::Label;
using prometheus::MetricType;

/// One metric with its samples, added to `families` when it goes out of scope.
class Family {
public:
    Family(Families& families, MetricType type, std::string name, std::string help)
        : families_(families) {
        family_.name = std::move(name);
        family_.help = std::move(help);
        family_.type = type;
    }
    Family(const Family&) = delete;
    Family& operator=(const Family&) = delete;
    ~Family() { families_.push_back(std::move(family_)); }

    Family& sample(double value, std::vector<Label> labels = {}) {
        prometheus::ClientMetric metric;
        metric.label = std::move(labels);
        (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        family_.metric.push_back(std::move(metric));
        return *this;
    }
    Family& sample(std::uint64_t value, std::vector<Label> labels = {}) {
        return sample(static_cast<double>(value), std::move(labels));
    }

private:
    Families& families_;
    prometheus::MetricFamily family_;
};

double seconds(Duration value) {
    return std::chrono::duration<double>(value).count();
}

/// One line of the queue metrics: a queue, or all those beyond the guard.
struct QueueLine {
    std::string name;
    QueueStats stats;
    std::uint64_t paused = 0;  ///< how many of the queues in it are
};

void add_to(QueueLine& sum, const QueueStats& queue) {
    sum.stats.available += queue.available;
    sum.stats.scheduled += queue.scheduled;
    sum.stats.retryable += queue.retryable;
    sum.stats.active += queue.active;
    sum.stats.pending += queue.pending;
    sum.stats.late += queue.late;
    sum.stats.oldest_available = std::max(sum.stats.oldest_available, queue.oldest_available);
    sum.paused += queue.paused ? 1 : 0;
}

std::vector<QueueLine> guarded_lines(const StoreStats& stats) {
    std::vector<QueueLine> lines;
    for (const auto& [name, queue] : stats.queues) {
        if (lines.size() < max_metric_queues) {
            lines.push_back({name, {}, 0});
        } else if (lines.size() == max_metric_queues) {
            lines.push_back({"_other", {}, 0});
        }
        add_to(lines.back(), queue);
    }
    return lines;
}

void add_queues(Families& families, const StoreStats& stats) {
    const auto lines = guarded_lines(stats);
    Family jobs{families, MetricType::Gauge, "errand_queue_jobs",
                "Unfinished jobs by queue and state."};
    Family oldest{families, MetricType::Gauge, "errand_queue_oldest_ready_seconds",
                  "How long the job that has been ready longest has waited; 0: none is ready."};
    Family late{families, MetricType::Gauge, "errand_queue_late_jobs",
                "Jobs that have been ready for longer than the queue's max_age."};
    Family paused{families, MetricType::Gauge, "errand_queue_paused",
                  "1: the queue is paused (for _other: how many are)."};
    for (const auto& [name, queue, paused_count] : lines) {
        const std::pair<JobState, std::uint64_t> states[] = {{JobState::available, queue.available},
                                                             {JobState::scheduled, queue.scheduled},
                                                             {JobState::retryable, queue.retryable},
                                                             {JobState::active, queue.active},
                                                             {JobState::pending, queue.pending}};
        for (const auto& [state, count] : states) {
            jobs.sample(count, {{"queue", name}, {"state", std::string{to_string(state)}}});
        }
        oldest.sample(seconds(queue.oldest_available.value_or(Duration{})), {{"queue", name}});
        late.sample(queue.late, {{"queue", name}});
        paused.sample(paused_count, {{"queue", name}});
    }
}

void add_jobs(Families& families, const StoreStats& stats) {
    Family jobs{families, MetricType::Gauge, "errand_jobs", "Jobs in the store by state."};
    for (const auto& [state, count] : stats.states) {
        jobs.sample(count, {{"state", std::string{to_string(state)}}});
    }
    if (const auto ratio = success_ratio(stats)) {
        Family{families, MetricType::Gauge, "errand_jobs_success_ratio",
               "Completed among the completed and discarded jobs that are kept."}
            .sample(*ratio);
    }
}

void add_workers(Families& families, const std::vector<WorkerView>& workers) {
    const auto alive = static_cast<std::uint64_t>(
        std::ranges::count_if(workers, [](const WorkerView& worker) { return worker.alive; }));
    Family{families, MetricType::Gauge, "errand_workers",
           "Workers of the store; dead ones still hold leases."}
        .sample(alive, {{"state", "alive"}})
        .sample(workers.size() - alive, {{"state", "dead"}});
}

void add_activity_counters(Families& families, const WorkerActivity& activity) {
    const auto counter = [&](std::string name, std::string help, std::uint64_t value) {
        Family{families, MetricType::Counter, std::move(name), std::move(help)}.sample(value);
    };
    counter("errand_jobs_started_total", "Attempts that this process began.", activity.started);
    Family{families, MetricType::Counter, "errand_jobs_finished_total",
           "Attempts that this process ended, by outcome."}
        .sample(activity.completed, {{"outcome", "success"}})
        .sample(activity.failed, {{"outcome", "failure"}})
        .sample(activity.discarded, {{"outcome", "dead"}})
        .sample(activity.cancelled, {{"outcome", "cancelled"}})
        .sample(activity.expired, {{"outcome", "expired"}});
    counter("errand_crashes_rescued_total", "Jobs of dead workers that this process took over.",
            activity.crashes_rescued);
    counter("errand_leases_lost_total", "Jobs that this process lost to another worker.",
            activity.leases_lost);
    counter("errand_store_errors_total", "Store calls of this process's worker that failed.",
            activity.store_errors);
}

void add_activity_gauges(Families& families, const WorkerActivity& activity) {
    const auto gauge = [&](std::string name, std::string help, std::uint64_t value) {
        Family{families, MetricType::Gauge, std::move(name), std::move(help)}.sample(value);
    };
    gauge("errand_worker_slots", "Handlers that may run at once in this process.", activity.slots);
    gauge("errand_worker_busy", "Handlers that run now.", activity.running);
    gauge("errand_worker_stuck", "Handlers past their timeout that ignore the request to stop.",
          activity.stuck);
}

}  // namespace

std::optional<double> success_ratio(const StoreStats& stats) {
    const auto count = [&](JobState state) {
        const auto found = stats.states.find(state);
        return found == stats.states.end() ? 0.0 : static_cast<double>(found->second);
    };
    const double completed = count(JobState::completed);
    const double ended = completed + count(JobState::discarded);
    if (ended == 0.0) return std::nullopt;
    return completed / ended;
}

std::string metrics_text(const MetricsInput& input) {
    Families families;
    Family{families, MetricType::Gauge, "errand_build_info", "Always 1; the labels tell the build."}
        .sample(1.0, {{"version", ERRAND_VERSION}});
    Family{families, MetricType::Gauge, "errand_store_up", "1: the store answers."}.sample(
        input.store ? 1.0 : 0.0);
    if (input.store) {
        add_jobs(families, input.store->stats);
        add_queues(families, input.store->stats);
        add_workers(families, input.store->workers);
    }
    if (input.activity) {
        add_activity_counters(families, *input.activity);
        add_activity_gauges(families, *input.activity);
    }
    std::ostringstream text;
    prometheus::TextSerializer{}.Serialize(text, families);
    return std::move(text).str();
}

}  // namespace errand::server
