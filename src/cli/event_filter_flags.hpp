#pragma once

#include <errand/event.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace errand::cli {

/// --job, --kind, --type and --queue: which events.
struct EventFilterFlags {
    std::string job, type, queue;
    std::vector<std::string> kinds;
};
void add_filter_options(CLI::App& command, EventFilterFlags& flags);

/// Throws Error (invalid_argument) naming the flag.
[[nodiscard]] EventFilter event_filter(const EventFilterFlags& flags);

/// Throws Error (invalid_argument) with the valid names and the nearest one.
[[nodiscard]] EventKind parse_kind(const std::string& text);

/// What a person reads of a filter: "job.completed, job.discarded; queue mail"; "everything".
[[nodiscard]] std::string text_of(const EventFilter& filter);

}  // namespace errand::cli
