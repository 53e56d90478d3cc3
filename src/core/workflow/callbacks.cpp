#include "core/workflow/callbacks.hpp"

#include "core/meta_member.hpp"

#include <fmt/format.h>

#include <string>

namespace errand::core {
namespace {

/// Spreads a small number over all bits; different numbers stay different.
constexpr std::uint64_t spread(std::uint64_t number) noexcept {
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

std::string quoted(std::string_view text) {
    return fmt::format("\"{}\"", text);
}

}  // namespace

JobId callback_id(const WorkflowId& workflow, std::uint32_t run, CallbackKind kind) noexcept {
    JobId id = workflow;
    // The time at the front stays, so that callbacks sort with their workflow.
    std::uint64_t bits = spread(std::uint64_t{run} << 8 | static_cast<std::uint64_t>(kind));
    for (std::size_t i = 15; i >= 8; --i, bits >>= 8)
        id.bytes[i] = static_cast<std::uint8_t>(id.bytes[i] ^ (bits & 0xFF));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0F));
    // Two bits are the variant's; what they would have told apart goes elsewhere.
    id.bytes[7] = static_cast<std::uint8_t>(id.bytes[7] ^ (id.bytes[8] >> 6));
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
    return id;
}

std::vector<NewJob> callbacks_of(const WorkflowId& workflow, std::uint32_t run, WorkflowState end,
                                 const WorkflowCallbacks& callbacks) {
    std::vector<NewJob> jobs;
    const auto add = [&](const std::optional<NewJob>& callback, CallbackKind kind) {
        if (!callback) return;
        NewJob& job = jobs.emplace_back(*callback);
        job.id = callback_id(workflow, run, kind);
        job.meta = with_member(job.meta, "errand.workflow", quoted(to_string(workflow)));
        job.meta = with_member(job.meta, "errand.workflow_state", quoted(to_string(end)));
    };
    if (end == WorkflowState::completed) add(callbacks.on_success, CallbackKind::success);
    if (end == WorkflowState::partial || end == WorkflowState::failed) {
        add(callbacks.on_failure, CallbackKind::failure);
    }
    if (end != WorkflowState::running) add(callbacks.on_complete, CallbackKind::complete);
    return jobs;
}

}  // namespace errand::core
