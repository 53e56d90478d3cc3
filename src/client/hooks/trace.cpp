#include <errand/trace.hpp>

#include "base/random.hpp"
#include "core/trace_context.hpp"
#include "engine/own_thread.hpp"

#include <memory>
#include <utility>

namespace errand {
namespace {

std::string& trace_of_this_thread() {
    thread_local std::string trace;
    return trace;
}

}  // namespace

std::string trace_of(const Context& job) {
    return core::traceparent_of(job.meta());
}

std::string current_trace() {
    return trace_of_this_thread();
}

TraceScope::TraceScope(std::string_view traceparent)
    : before_(std::exchange(trace_of_this_thread(),
                            std::string{core::is_traceparent(traceparent) ? traceparent : ""})) {}

TraceScope::~TraceScope() {
    trace_of_this_thread() = std::move(before_);
}

EnqueueHook propagate_trace() {
    return [](NewJob& job) -> AfterEnqueue {
        const auto& current = trace_of_this_thread();
        if (!current.empty() && core::traceparent_of(job.meta).empty()) {
            job.meta = core::with_traceparent(
                job.meta, core::child_span(current, base::system_random().bits()));
        }
        return {};
    };
}

PerformHook continue_trace() {
    return [](Context& job) -> AfterPerform {
        if (!engine::thread_belongs_to_job()) return {};
        return [scope = std::make_shared<TraceScope>(trace_of(job))](Outcome&) mutable {
            scope.reset();
        };
    };
}

}  // namespace errand
