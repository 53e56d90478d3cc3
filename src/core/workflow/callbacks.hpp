#pragma once

#include <errand/workflow.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace errand::core {

/// Numbers that go into ids: they stay as they are.
enum class CallbackKind : std::uint8_t { success = 1, failure = 2, complete = 3 };

/// The id of the job that the end of a workflow's run makes. Depends on nothing else, so that
/// whoever records the end a second time makes no second job.
[[nodiscard]] JobId callback_id(const WorkflowId& workflow, std::uint32_t run,
                                CallbackKind kind) noexcept;

/// The jobs that the end of `run` makes, with their ids and meta, in the order in which they are
/// inserted.
[[nodiscard]] std::vector<NewJob> callbacks_of(const WorkflowId& workflow, std::uint32_t run,
                                               WorkflowState end,
                                               const WorkflowCallbacks& callbacks);

}  // namespace errand::core
