#include "engine/isolated/child_membership.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <optional>

namespace errand::engine {
namespace {

/// Both ends are the same program, so it was another one that wrote to the socket.
template <typename T>
T whole(std::optional<T> read) {
    if (!read) throw Error(ErrorCode::store_unavailable, "the worker's answer cannot be read");
    return std::move(*read);
}

}  // namespace

std::vector<ParentResult> ChildMembership::parent_results() {
    return whole(read_parent_results(ask_(FrameKind::parent_results, {}).text));
}

std::vector<AddResult> ChildMembership::add(std::vector<WorkflowJob> jobs) {
    const auto text = write_workflow_jobs(jobs);
    if (text.size() > max_text_bytes) {
        throw Error(ErrorCode::limit_exceeded,
                    fmt::format("the jobs to add to the workflow are {} MiB, and an isolated "
                                "handler can send {} MiB at once; add them in several calls",
                                text.size() >> 20, max_text_bytes >> 20));
    }
    return whole(read_add_results(ask_(FrameKind::add_to_workflow, text).text));
}

}  // namespace errand::engine
