#pragma once

#include <errand/worker.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

// Handlers whose crash costs one attempt and not the worker.

namespace errand {

namespace engine {
class IsolatedPerformer;
}  // namespace engine

struct IsolatedOptions {
    std::uint32_t processes = 2;  ///< jobs at once, each in a process of its own; 1 to 256
    /// A process makes room for a new one after so many jobs; 0: never.
    std::uint64_t jobs_per_process = 10'000;
    /// The same after a job that leaves more than this resident; 0: never.
    std::uint64_t recycle_bytes = 0;
    /// What a process may allocate beyond what the program had at the start; more fails with
    /// std::bad_alloc. 0: unlimited.
    std::uint64_t memory_bytes = 0;
    std::uint64_t cpu_seconds = 0;  ///< processor time of one attempt; 0: unlimited
    /// From the request to stop (timeout, cancel, shutdown) to SIGKILL; 0 to 1 h.
    Duration kill_after = std::chrono::seconds{1};
};

/// The isolated handlers of a worker. Each job is performed by a process that was forked from this
/// program when the worker started: a segmentation fault, an abort, a leak or a loop without end
/// costs one attempt, which fails with the kind `crash`, the signal and a backtrace.
///
/// Make it, register, then start the worker, before the program has threads of its own: only the
/// thread that calls start() exists in the processes. They have the program's memory as it was
/// then, its standard streams and no other open file: what handlers captured must not depend on
/// one. In particular they cannot use the program's store; a handler that enqueues opens its own.
/// The context works as elsewhere, steps and waits too: the worker asks the store for it. Only the
/// job's workflow (WorkflowMember) is out of its reach: Error (conflict). Hooks run in the worker.
/// Linux only.
class Isolated {
public:
    /// Throws Error (invalid_argument) naming the option that is out of range.
    explicit Isolated(Worker& worker, IsolatedOptions options = {});

    /// Throws Error as Worker::handle() does.
    void handle(std::string_view type, Worker::RawHandler handler, HandlerOptions options = {});

    /// As Worker::handle().
    template <JobArgs T, class F>
    void handle(F handler, HandlerOptions options = {}) {
        handle(T::job_type, detail::raw_handler<T>(std::move(handler)),
               detail::handler_options_of<T>(std::move(options)));
    }

private:
    Worker* worker_;
    std::shared_ptr<engine::IsolatedPerformer> performer_;
};

}  // namespace errand
