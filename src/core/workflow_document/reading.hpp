#pragma once

#include "core/json_object.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>
#include <errand/workflow.hpp>

#include <string>
#include <string_view>

// What both forms of a workflow document share.

namespace errand::core {

/// Calls `read`; the message of an Error that it throws begins with `place` then.
template <class Read>
auto at_place(std::string_view place, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        throw Error(error.code(), std::string{place} + ": " + error.what());
    }
}

/// A job that has the members of a job in JSON and no others, checked.
[[nodiscard]] NewJob read_document_job(std::string_view json, const Limits& limits);

/// Where a callback of this name is kept; null: there is no such callback.
[[nodiscard]] std::optional<NewJob>* callback_of(WorkflowCallbacks& callbacks,
                                                 std::string_view name);

/// The members "name" and "id" of a document. False: it is another one.
[[nodiscard]] bool read_workflow_member(NewWorkflow& workflow, const JsonMember& member);

}  // namespace errand::core
