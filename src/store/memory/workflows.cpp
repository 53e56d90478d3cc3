#include "store/memory/memory_store.hpp"

#include <errand/error.hpp>

namespace errand::memory {

namespace {
[[noreturn]] void missing() {
    throw Error(ErrorCode::conflict, "this store has no workflows yet");
}
}  // namespace

bool MemoryStore::insert_workflow(const NewWorkflow&) {
    missing();
}
std::optional<std::vector<AddResult>> MemoryStore::extend_workflow(const LeaseRef&,
                                                                   std::span<const WorkflowJob>) {
    missing();
}
std::optional<WorkflowView> MemoryStore::find_workflow(const WorkflowId&) {
    return {};
}
std::vector<WorkflowView> MemoryStore::list_workflows(std::optional<WorkflowState>,
                                                      std::optional<WorkflowId>, std::uint32_t) {
    return {};
}
WorkflowJobPage MemoryStore::workflow_jobs(const WorkflowId&, std::uint64_t, std::uint32_t) {
    return {};
}
std::vector<ParentResult> MemoryStore::parent_results(const JobId&) {
    return {};
}
ControlResult MemoryStore::cancel_workflow(const WorkflowId&) {
    return ControlResult::not_found;
}
ControlResult MemoryStore::retry_workflow(const WorkflowId&, std::uint64_t&) {
    return ControlResult::not_found;
}

}  // namespace errand::memory
