#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errand {

/// Where a job is in its life. The numbers are stored: never change or reuse one.
enum class JobState : std::uint8_t {
    pending = 1,    ///< waits for other jobs
    scheduled = 2,  ///< waits for its time
    available = 3,  ///< may be claimed
    active = 4,     ///< leased to a worker
    retryable = 5,  ///< failed, waits for its next attempt
    completed = 6,  ///< end: the handler succeeded
    discarded = 7,  ///< end: given up; the dead letter, kept and retryable by hand
    cancelled = 8,  ///< end: somebody asked for it
};

inline constexpr std::array all_job_states{
    JobState::pending,   JobState::scheduled, JobState::available, JobState::active,
    JobState::retryable, JobState::completed, JobState::discarded, JobState::cancelled};

/// The short answer for people in a hurry.
enum class JobStatus : std::uint8_t { ongoing, success, failure, cancelled };

[[nodiscard]] std::string_view to_string(JobState state) noexcept;
[[nodiscard]] std::string_view to_string(JobStatus status) noexcept;
[[nodiscard]] std::optional<JobState> parse_job_state(std::string_view text) noexcept;

/// completed is success, discarded is failure, cancelled is cancelled, all others are ongoing.
[[nodiscard]] JobStatus status_of(JobState state) noexcept;

/// True for completed, discarded and cancelled.
[[nodiscard]] constexpr bool is_end(JobState state) noexcept {
    return state == JobState::completed || state == JobState::discarded ||
           state == JobState::cancelled;
}

}  // namespace errand
