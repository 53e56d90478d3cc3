#pragma once

#include <errand/job_state.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// The life of a job as data. Everything that asks "may this job go from here to there?" reads this
// table: the engine, the stores, the documentation's diagram and the tests.

namespace errand::core {

enum class JobEvent : std::uint8_t {
    due,             ///< its time came
    released_deps,   ///< the jobs it waited for ended in ways that let it begin
    claim,           ///< a worker leased it
    succeed,         ///< the handler is done
    fail,            ///< the attempt failed, tries are left
    give_up,         ///< the attempt failed and no try is left, or none would help
    snooze,          ///< the handler asked to be called later
    release,         ///< given back unharmed: shutdown, prefetched and not begun
    crash,           ///< its worker died or lost the lease, crash budget left
    crash_out,       ///< the same, crash budget used up
    expire,          ///< leased, but too late to begin it
    cancel,          ///< somebody asked for it (for an active job: the handler has returned)
    operator_retry,  ///< somebody wants it to run now
    postpone,        ///< an enqueue with its unique key gave it a later time
    released_later,  ///< the jobs it waited for ended, and its own delay begins
    wait_again,      ///< what it comes after begins anew, and it will after that
};
inline constexpr std::size_t job_event_count = 16;

[[nodiscard]] std::string_view to_string(JobEvent event) noexcept;

struct Transition {
    JobState from;
    JobEvent event;
    JobState to;
    bool uses_attempt;  ///< of transitions out of active: false gives the attempt back
};

/// Every legal transition, ordered by state then event. Any other pair is refused.
[[nodiscard]] std::span<const Transition> transitions() noexcept;

/// The transition for the pair; none: illegal.
[[nodiscard]] std::optional<Transition> find_transition(JobState from, JobEvent event) noexcept;

}  // namespace errand::core
