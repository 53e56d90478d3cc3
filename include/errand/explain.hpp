#pragma once

#include <errand/job.hpp>
#include <errand/scope.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

/// What keeps a job from running, or what became of it.
enum class ExplainCode : std::uint8_t {
    completed,          ///< it ended: `since` says when
    discarded,          ///< it ended: the text has the last error
    cancelled,          ///< it ended
    running,            ///< `who` has it since `since`
    worker_lost,        ///< `who` had it and is gone; another worker will take it over
    cancel_requested,   ///< its handler has been asked to stop
    dependencies,       ///< it waits for other jobs
    not_due,            ///< its time comes at `until`
    retry_wait,         ///< the attempt before failed; the next is due at `until`
    expired,            ///< since `since`: at its turn it will be discarded
    paused,             ///< `scope` is paused since `since`, by `who`
    key_blocked,        ///< `jobs` have the turns of its key; `count` jobs wait for one
    concurrency_limit,  ///< `jobs` (the first ten) use up the limit of `scope`, which is `count`
    rate_limit,         ///< the rate of `scope` is used up until `until`
    no_worker,          ///< no worker is alive
    queue_not_served,   ///< no live worker serves its queue
    type_not_handled,   ///< no live worker of its queue has a handler for its type
    workers_busy,       ///< all `count` slots that could run it are taken
    queued,             ///< `count` other jobs of its queue are available too
    ready,              ///< nothing holds it: a worker takes it at any moment
    slowed,             ///< the other side asked for a rest: `scope` is closed until `until`
    breaker_open,       ///< `scope` failed `count` times in a row; nothing begins until `until`
    breaker_probing,    ///< the breaker of `scope` lets one job try, `jobs`; then it goes on
    outside_window,     ///< the time window of `scope` opens at `until`
    label_missing,      ///< no live worker of its queue has all labels that it needs
    late,               ///< not a hindrance: available for longer than its queue's max_age
    expires,            ///< not a hindrance: it must begin before `until`
    awaits_signal,      ///< it waits for a signal, which its text names, until `until`
};
[[nodiscard]] std::string_view to_string(ExplainCode code) noexcept;

/// One reason. Fields that a code does not name are empty.
struct ExplainReason {
    ExplainCode code = ExplainCode::ready;
    std::string text;  ///< one line for people, with the values of now
    std::optional<Scope> scope{};
    std::optional<Timestamp> since{};
    std::optional<Timestamp> until{};
    std::string who{};
    std::vector<JobId> jobs{};
    std::optional<std::uint64_t> count{};
    /// key_blocked only: why the first of `jobs` has not ended.
    std::vector<ExplainReason> because{};
};

/// Why a job is where it is: everything that holds it now, what comes first in the way to a handler
/// first. Never empty.
struct Explanation {
    JobId id;
    JobState state = JobState::available;
    Timestamp at{};  ///< store time of the look
    std::vector<ExplainReason> reasons;
};

}  // namespace errand
