#pragma once

#include <errand/store/types.hpp>
#include <errand/worker.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// From what the store and the worker tell to Prometheus text. Pure.

namespace errand::server {

/// Queues that get time series of their own; the rest is summed under the label `_other`, which no
/// queue can be called.
inline constexpr std::size_t max_metric_queues = 200;

/// What the store told at one moment.
struct StoreSnapshot {
    StoreStats stats;
    std::vector<WorkerView> workers;
};

/// What one scrape shows. A part that is missing leaves its metrics out.
struct MetricsInput {
    std::optional<StoreSnapshot> store;      ///< none: the store did not answer (errand_store_up 0)
    std::optional<WorkerActivity> activity;  ///< none: this process runs no worker
};

/// The exposition format's text, version 0.0.4.
[[nodiscard]] std::string metrics_text(const MetricsInput& input);

/// Completed among completed and discarded jobs that the store keeps; none: no such job.
[[nodiscard]] std::optional<double> success_ratio(const StoreStats& stats);

}  // namespace errand::server
