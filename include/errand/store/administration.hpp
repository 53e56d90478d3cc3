#pragma once

#include <errand/store/types.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// Controlling jobs and queues, as operators and programs do. Results stand in the order of the
/// ids. Threads, errors and atomicity as in job_path.hpp.
class Administration {
public:
    virtual ~Administration() = default;

    /// Waiting jobs become cancelled at once (done). For active ones the request is kept and
    /// reaches the handler through heartbeat (requested). completed and discarded are refused; a
    /// job that is cancelled already is `done`.
    [[nodiscard]] virtual std::vector<ControlResult> cancel(std::span<const JobId> ids) = 0;

    /// Ended jobs become available, attempts and crashes counted from zero, errors kept; retryable
    /// and scheduled ones become available now with their attempts as they are. Others are refused,
    /// and so is a job whose unique key another one holds, unless its own policy is a period.
    [[nodiscard]] virtual std::vector<ControlResult> retry(std::span<const JobId> ids) = 0;

    /// Gives the unfinished job a value (JSON) under a name that it waits for or will wait for. It
    /// is kept as the effect "signal:NAME" (JobPath::find_effect()), the first of a name counts.
    /// PostgreSQL will insert it and move the waiting row in one statement; Redis in one script.
    /// Throws Error (invalid_argument, limit_exceeded).
    [[nodiscard]] virtual SignalResult signal(const JobId& id, std::string_view name,
                                              std::string_view value) = 0;

    /// Removes jobs with all that was kept of them. Active ones are refused. Of a job in a workflow
    /// its end is kept there; one that had not ended counts as cancelled first.
    [[nodiscard]] virtual std::vector<ControlResult> remove(std::span<const JobId> ids) = 0;

    /// Jobs of a paused scope are not claimed; running ones go on. Pausing twice is no error and
    /// keeps the first `by` (at most 128 bytes, cut beyond) and time.
    virtual void set_paused(const Scope& scope, bool paused, std::string_view by) = 0;
    void set_paused(std::string_view queue, bool paused) {
        set_paused(Scope::queue(queue), paused, {});
    }

    /// How the queue orders jobs that are enqueued from now on. Throws Error (invalid_argument).
    virtual void set_queue_settings(std::string_view queue, const QueueSettings& settings) = 0;

    /// Sets the bounds of the scope, in place of those it had; without any bound it has none from
    /// now on. Counts at once, also for jobs that wait. Throws Error (invalid_argument).
    virtual void set_limit(const Limit& limit) = 0;

    /// The unfinished jobs of the key that have a turn but are neither active nor available, as
    /// they wait for a time, give their turn to those behind them, and stand in line anew when they
    /// are due. How many did. Throws Error (invalid_argument) when a name is impossible.
    [[nodiscard]] virtual std::uint32_t unblock_key(std::string_view queue,
                                                    std::string_view key) = 0;

    /// Removes at most `max` jobs that ended longer ago than `retention` says. Returns how many;
    /// fewer than `max` means that nothing is left to prune now. Jobs of a workflow go with it when
    /// its own end is so long ago: partial and failed ones are kept like discarded jobs.
    [[nodiscard]] virtual std::uint32_t prune(const Retention& retention, std::uint32_t max) = 0;
};

}  // namespace errand
