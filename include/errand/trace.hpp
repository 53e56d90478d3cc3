#pragma once

#include <errand/hooks.hpp>

#include <string>
#include <string_view>

// The W3C trace context (https://www.w3.org/TR/trace-context/) along with jobs: who enqueues passes
// its trace on in the job's meta, and what the handler does and enqueues belongs to it.

namespace errand {

/// The trace that a job belongs to, "00-<trace>-<span>-<flags>"; empty: none.
[[nodiscard]] std::string trace_of(const Context& job);

/// The trace that this thread works for now; empty: none.
[[nodiscard]] std::string current_trace();

/// While it lives, this thread works for the trace `traceparent`; then for the one before. Empty
/// or of another form: for none. Not across a co_await.
class TraceScope {
public:
    explicit TraceScope(std::string_view traceparent);
    ~TraceScope();
    TraceScope(const TraceScope&) = delete;
    TraceScope& operator=(const TraceScope&) = delete;

private:
    std::string before_;
};

/// For Client::add_hook(): gives each job that has no `traceparent` in its meta one of a new span
/// in the current trace. Without a current trace it changes nothing.
[[nodiscard]] EnqueueHook propagate_trace();

/// For Worker::add_hook(): the thread of a plain handler works for the trace of its job, so that
/// what it enqueues belongs there too. Other kinds of handler, which do not have a thread for
/// themselves, say `TraceScope scope{trace_of(job)}` where they enqueue.
[[nodiscard]] PerformHook continue_trace();

}  // namespace errand
