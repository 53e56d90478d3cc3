#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errand::sim {

/// Ways to break the system on purpose. The simulator must notice each: that is what shows that it
/// would notice the like by accident.
enum class Mutant : std::uint8_t {
    none,
    no_fence_on_settle,     ///< a settlement counts for whoever has the job now
    attempt_as_fence,       ///< a stale settlement counts when the attempt number is the same
    refresh_before_look,    ///< the rescuer renews all leases before it looks for lost ones
    rescue_without_settle,  ///< what is taken over is then forgotten
    blame_the_unstarted,    ///< a crash is blamed on jobs that were only prefetched
    blame_nobody,           ///< a crash is never blamed on the job that ran
    hidden_unpause,         ///< continuing a paused queue wakes nobody
    hidden_insert,          ///< a new job wakes nobody
    hidden_schedule,        ///< a new due time wakes no promoter
    prune_the_living,       ///< the pruner removes a job that has not ended
    claim_twice,            ///< a claim also gives a job that another worker has
    claim_the_paused,       ///< a paused queue is served
    promote_early,          ///< jobs become available before they are due
    forget_delay,           ///< a retry goes on at once
    forget_cancel,          ///< a cancel request of a running job gets lost
    ignore_unique,          ///< unique keys are not looked at
    acknowledge_too_early,  ///< an insert is acknowledged although it did not happen
    settle_lost_on_error,   ///< settlements are dropped when the store is away
    free_before_flush,      ///< a slot is freed before the settlement of its job is known
};

struct MutantName {
    Mutant mutant;
    std::string_view name;
};
inline constexpr std::array mutant_names{
    MutantName{Mutant::no_fence_on_settle, "no_fence_on_settle"},
    MutantName{Mutant::attempt_as_fence, "attempt_as_fence"},
    MutantName{Mutant::refresh_before_look, "refresh_before_look"},
    MutantName{Mutant::rescue_without_settle, "rescue_without_settle"},
    MutantName{Mutant::blame_the_unstarted, "blame_the_unstarted"},
    MutantName{Mutant::blame_nobody, "blame_nobody"},
    MutantName{Mutant::hidden_unpause, "hidden_unpause"},
    MutantName{Mutant::hidden_insert, "hidden_insert"},
    MutantName{Mutant::hidden_schedule, "hidden_schedule"},
    MutantName{Mutant::prune_the_living, "prune_the_living"},
    MutantName{Mutant::claim_twice, "claim_twice"},
    MutantName{Mutant::claim_the_paused, "claim_the_paused"},
    MutantName{Mutant::promote_early, "promote_early"},
    MutantName{Mutant::forget_delay, "forget_delay"},
    MutantName{Mutant::forget_cancel, "forget_cancel"},
    MutantName{Mutant::ignore_unique, "ignore_unique"},
    MutantName{Mutant::acknowledge_too_early, "acknowledge_too_early"},
    MutantName{Mutant::settle_lost_on_error, "settle_lost_on_error"},
    MutantName{Mutant::free_before_flush, "free_before_flush"},
};

/// none: nothing has that name.
[[nodiscard]] inline Mutant mutant_named(std::string_view name) {
    for (const auto& known : mutant_names) {
        if (known.name == name) return known.mutant;
    }
    return Mutant::none;
}

[[nodiscard]] inline std::string_view name_of(Mutant mutant) {
    for (const auto& known : mutant_names) {
        if (known.mutant == mutant) return known.name;
    }
    return "none";
}

}  // namespace errand::sim
