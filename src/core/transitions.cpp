#include "core/transitions.hpp"

#include <algorithm>
#include <array>

namespace errand::core {
namespace {

using enum JobState;
using enum JobEvent;

constexpr auto table = std::to_array<Transition>({
    {pending, released_deps, available, false},
    {pending, cancel, cancelled, false},
    {pending, released_later, scheduled, false},

    {scheduled, due, available, false},
    {scheduled, cancel, cancelled, false},
    {scheduled, operator_retry, available, false},

    {available, claim, active, false},
    {available, cancel, cancelled, false},
    {available, postpone, scheduled, false},

    {active, succeed, completed, true},
    {active, fail, retryable, true},
    {active, give_up, discarded, true},
    {active, snooze, scheduled, false},
    {active, release, available, false},
    {active, crash, retryable, false},
    {active, crash_out, discarded, false},
    {active, expire, discarded, false},
    {active, cancel, cancelled, true},

    {retryable, due, available, false},
    {retryable, cancel, cancelled, false},
    {retryable, operator_retry, available, false},

    {completed, operator_retry, available, false},
    {completed, wait_again, pending, false},
    {discarded, operator_retry, available, false},
    {discarded, wait_again, pending, false},
    {cancelled, operator_retry, available, false},
    {cancelled, wait_again, pending, false},
});

constexpr bool comes_before(const Transition& a, const Transition& b) {
    return a.from != b.from ? a.from < b.from : a.event < b.event;
}
static_assert(std::is_sorted(table.begin(), table.end(), comes_before));

}  // namespace

std::string_view to_string(JobEvent event) noexcept {
    switch (event) {
        case due:
            return "due";
        case released_deps:
            return "released_deps";
        case claim:
            return "claim";
        case succeed:
            return "succeed";
        case fail:
            return "fail";
        case give_up:
            return "give_up";
        case snooze:
            return "snooze";
        case release:
            return "release";
        case crash:
            return "crash";
        case crash_out:
            return "crash_out";
        case expire:
            return "expire";
        case cancel:
            return "cancel";
        case operator_retry:
            return "operator_retry";
        case postpone:
            return "postpone";
        case released_later:
            return "released_later";
        case wait_again:
            return "wait_again";
    }
    return "unknown";
}

std::span<const Transition> transitions() noexcept {
    return table;
}

std::optional<Transition> find_transition(JobState from, JobEvent event) noexcept {
    for (const auto& transition : table) {
        if (transition.from == from && transition.event == event) return transition;
    }
    return std::nullopt;
}

}  // namespace errand::core
