#pragma once

#include "core/explain.hpp"

#include <errand/store/store.hpp>

// Asks a store for what core::explain() wants to know.

namespace errand::client {

[[nodiscard]] core::StoreFacts store_facts(Store& store);

/// Looks at the first holder only: why a job waits is told by one that does not move on.
[[nodiscard]] core::KeyFacts key_facts(Store& store, const Job& job);

/// The jobs that a pending job comes after; empty for any other job. Looks through its whole
/// workflow.
[[nodiscard]] core::WorkflowFacts workflow_facts(Store& store, const Job& job);

}  // namespace errand::client
