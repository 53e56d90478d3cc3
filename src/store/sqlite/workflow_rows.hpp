#pragma once

#include "store/sqlite/connection.hpp"

#include <errand/workflow.hpp>

#include <string>
#include <string_view>
#include <vector>

// What stands in the columns of workflows. What cannot be read any more counts as none.

namespace errand::sqlite {

/// A row of workflow_view.
[[nodiscard]] WorkflowView read_workflow_view(const Statement::Rows& rows);

/// on_success, on_failure and on_complete, from `column` on.
[[nodiscard]] WorkflowCallbacks callbacks_in(const Statement::Rows& rows, int column);
/// Empty: no such job.
[[nodiscard]] std::string callback_text(const std::optional<NewJob>& job);

/// The parents in errand_after.
[[nodiscard]] std::string after_text(const std::vector<Dependency>& after);
[[nodiscard]] std::vector<Dependency> read_after(std::string_view text);

}  // namespace errand::sqlite
