#pragma once

#include <errand/hooks.hpp>
#include <errand/time.hpp>
#include <errand/worker.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

// Hooks that most programs want. See trace.hpp for traces.

namespace errand {

/// For Worker::add_hook(): a line when an attempt has ended, `info` when it is done and `warning`
/// when it failed: "job 0191… mail.send attempt 2 of 20: done in 12ms". Without arguments, results
/// and what handlers say. `clock` outlives the hook.
[[nodiscard]] PerformHook log_attempts(LogSink sink, const Clock& clock = system_clock());

/// For Client::add_hook(): a line per enqueue, `warning` when it failed.
[[nodiscard]] EnqueueHook log_enqueues(LogSink sink);

/// What the hooks of JobMetrics have counted of one type.
struct TypeMetrics {
    /// Upper bounds of the buckets in seconds; the last one has none.
    static constexpr std::array bounds{0.001, 0.01, 0.1, 1.0, 10.0, 60.0, 600.0};

    std::uint64_t enqueued = 0;      ///< added
    std::uint64_t suppressed = 0;    ///< another job held the unique key
    std::uint64_t not_enqueued = 0;  ///< the call failed
    std::uint64_t running = 0;
    /// Attempts that ended so; `failed` and `done` are what handlers said, not what a stop made of
    /// it.
    std::uint64_t done = 0, failed = 0, retried = 0, snoozed = 0, discarded = 0, cancelled = 0;
    Duration time{};  ///< of all attempts together
    std::array<std::uint64_t, bounds.size() + 1> by_time{};
};

/// Counts by type, of as many workers and clients of this process as have its hooks. At most 1,000
/// types; further ones are counted together as "(others)". Thread-safe, cheap to copy: copies count
/// together.
class JobMetrics {
public:
    /// `clock` outlives it and its hooks.
    explicit JobMetrics(const Clock& clock = system_clock());

    [[nodiscard]] PerformHook perform_hook() const;
    [[nodiscard]] EnqueueHook enqueue_hook() const;
    [[nodiscard]] std::map<std::string, TypeMetrics> by_type() const;
    /// In the text format of Prometheus: errand_type_enqueued_total, errand_type_attempts_total,
    /// errand_type_running and errand_type_attempt_seconds, with the label `type`.
    [[nodiscard]] std::string prometheus() const;

private:
    class Counts;
    std::shared_ptr<Counts> counts_;
};

}  // namespace errand
