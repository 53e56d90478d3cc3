#pragma once

#include "cli/config.hpp"
#include "cli/toml_section.hpp"

// The sections of errand.toml about queues and limits.

namespace errand::cli {

/// [groups.NAME]: queues that share threads.
[[nodiscard]] QueueGroup read_group(TomlSection& from);

/// [queues.NAME] into `config`: threads of its own, unless a group has the queue; and how the store
/// orders its jobs, where the section says so. The groups must have been read before.
void read_queue(TomlSection& from, std::string_view name, Config& config);

/// [limits."SCOPE"] into `config`.
void read_scope_limit(TomlSection& from, std::string_view scope, Config& config);

}  // namespace errand::cli
