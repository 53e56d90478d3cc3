#pragma once

#include "core/json_object.hpp"

#include <errand/limits.hpp>
#include <errand/workflow.hpp>

#include <vector>

namespace errand::core {

/// The form with named jobs and "after". `members` are those of the whole document.
[[nodiscard]] NewWorkflow read_dag_document(const std::vector<JsonMember>& members,
                                            const Limits& limits);

/// The form of the Open Job Spec: chain, group or batch.
[[nodiscard]] NewWorkflow read_ojs_document(const std::vector<JsonMember>& members,
                                            const Limits& limits);

}  // namespace errand::core
