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
    /// and so is a job whose unique key another unfinished job holds.
    [[nodiscard]] virtual std::vector<ControlResult> retry(std::span<const JobId> ids) = 0;

    /// Removes jobs with all that was kept of them. Active ones are refused.
    [[nodiscard]] virtual std::vector<ControlResult> remove(std::span<const JobId> ids) = 0;

    /// Paused queues are not claimed from; running jobs go on. Pausing twice is no error.
    virtual void set_paused(std::string_view queue, bool paused) = 0;

    /// Removes at most `max` jobs that ended longer ago than `retention` says. Returns how many;
    /// fewer than `max` means that nothing is left to prune now.
    [[nodiscard]] virtual std::uint32_t prune(const Retention& retention, std::uint32_t max) = 0;
};

}  // namespace errand
