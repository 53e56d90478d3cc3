#include "store/sqlite/store_impl.hpp"

#include <errand/error.hpp>

namespace errand::sqlite {

namespace {
[[noreturn]] void missing() {
    throw Error(ErrorCode::conflict, "this store has no workflows yet");
}
}  // namespace

bool SqliteStore::insert_workflow(const NewWorkflow&) {
    missing();
}
std::optional<std::vector<AddResult>> SqliteStore::extend_workflow(const LeaseRef&,
                                                                   std::span<const WorkflowJob>) {
    missing();
}
std::optional<WorkflowView> SqliteStore::find_workflow(const WorkflowId&) {
    return {};
}
std::vector<WorkflowView> SqliteStore::list_workflows(std::optional<WorkflowState>,
                                                      std::optional<WorkflowId>, std::uint32_t) {
    return {};
}
WorkflowJobPage SqliteStore::workflow_jobs(const WorkflowId&, std::uint64_t, std::uint32_t) {
    return {};
}
std::vector<ParentResult> SqliteStore::parent_results(const JobId&) {
    return {};
}
ControlResult SqliteStore::cancel_workflow(const WorkflowId&) {
    return ControlResult::not_found;
}
ControlResult SqliteStore::retry_workflow(const WorkflowId&, std::uint64_t&) {
    return ControlResult::not_found;
}

}  // namespace errand::sqlite
