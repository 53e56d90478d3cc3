#include <errand/job.hpp>
#include <errand/job_state.hpp>

#include <algorithm>

namespace errand {

std::string_view to_string(JobState state) noexcept {
    switch (state) {
        case JobState::pending:
            return "pending";
        case JobState::scheduled:
            return "scheduled";
        case JobState::available:
            return "available";
        case JobState::active:
            return "active";
        case JobState::retryable:
            return "retryable";
        case JobState::completed:
            return "completed";
        case JobState::discarded:
            return "discarded";
        case JobState::cancelled:
            return "cancelled";
    }
    return "unknown";
}

std::string_view to_string(JobStatus status) noexcept {
    switch (status) {
        case JobStatus::ongoing:
            return "ongoing";
        case JobStatus::success:
            return "success";
        case JobStatus::failure:
            return "failure";
        case JobStatus::cancelled:
            return "cancelled";
    }
    return "unknown";
}

std::string_view to_string(FailureKind kind) noexcept {
    switch (kind) {
        case FailureKind::error:
            return "error";
        case FailureKind::timeout:
            return "timeout";
        case FailureKind::crash:
            return "crash";
        case FailureKind::cancel:
            return "cancel";
    }
    return "unknown";
}

std::optional<JobState> parse_job_state(std::string_view text) noexcept {
    const auto found = std::find_if(all_job_states.begin(), all_job_states.end(),
                                    [&](JobState state) { return to_string(state) == text; });
    if (found == all_job_states.end()) return std::nullopt;
    return *found;
}

JobStatus status_of(JobState state) noexcept {
    switch (state) {
        case JobState::completed:
            return JobStatus::success;
        case JobState::discarded:
            return JobStatus::failure;
        case JobState::cancelled:
            return JobStatus::cancelled;
        default:
            return JobStatus::ongoing;
    }
}

}  // namespace errand
