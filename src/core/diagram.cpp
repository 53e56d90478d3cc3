#include "core/diagram.hpp"

#include "core/transitions.hpp"

#include <array>

namespace errand::core {
namespace {

constexpr std::array first_states{JobState::pending, JobState::scheduled, JobState::available};

std::string arrow(std::string_view from, std::string_view to, std::string_view label = {}) {
    std::string line = "    ";
    line.append(from).append(" --> ").append(to);
    if (!label.empty()) line.append(": ").append(label);
    return line + '\n';
}

/// The events that lead from one state to the other, joined; empty: none does.
std::string events_between(JobState from, JobState to) {
    std::string events;
    for (const auto& transition : transitions()) {
        if (transition.from != from || transition.to != to) continue;
        if (!events.empty()) events += ", ";
        events += to_string(transition.event);
    }
    return events;
}

}  // namespace

std::string mermaid_state_diagram() {
    std::string text = "stateDiagram-v2\n";
    for (const auto state : first_states)
        text += arrow("[*]", errand::to_string(state), "enqueue");
    for (const auto from : all_job_states) {
        for (const auto to : all_job_states) {
            const auto events = events_between(from, to);
            if (events.empty()) continue;
            text += arrow(errand::to_string(from), errand::to_string(to), events);
        }
    }
    for (const auto state : all_job_states) {
        if (is_end(state)) text += arrow(errand::to_string(state), "[*]");
    }
    return text;
}

}  // namespace errand::core
