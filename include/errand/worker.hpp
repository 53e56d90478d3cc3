#pragma once

#include <errand/client.hpp>
#include <errand/cloud_event.hpp>
#include <errand/context.hpp>
#include <errand/hooks.hpp>
#include <errand/outcome.hpp>
#include <errand/queue_group.hpp>
#include <errand/store/store.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace errand {

class Performer;

enum class LogLevel : std::uint8_t { debug, info, warning, error };
/// Receives one line at a time, without job arguments or secrets. Called from many threads.
using LogSink = std::function<void(LogLevel, std::string_view)>;

/// A queue to serve and how many of its jobs may run at once in this worker, 1 to 1,024.
struct QueueSlots {
    std::string name;
    std::uint32_t concurrency = 8;
};

struct WorkerOptions {
    /// Each has threads of its own. Empty, and no groups: {"default", 8}.
    std::vector<QueueSlots> queues{};
    /// Queues that share threads. A queue stands in one place only, here or in `queues`.
    std::vector<QueueGroup> groups{};
    /// What this worker offers, for jobs that need it (NewJob::needs): "gpu". At most 64.
    std::vector<std::string> labels{};
    /// Whether this worker fires the store's schedules. One such worker is enough; more do no harm.
    bool schedules = true;
    /// Shown to people; empty: "HOST:PID:N".
    std::string name{};
    /// How long a silent worker keeps its jobs, 1 s to 1 h. Shorten it for faster rescue where no
    /// lock file tells of a death; lengthen it on hosts that stall.
    Duration lease = std::chrono::seconds{15};
    /// How long handlers may go on after a stop was asked for, before they are asked to return.
    Duration grace = std::chrono::seconds{25};
    /// How long after that a handler may still take before its job is given back without it.
    Duration stop_timeout = std::chrono::seconds{5};
    /// Times a job may take its worker down before it is discarded, 1 to 100.
    std::uint32_t crash_budget = 3;
    /// Policy of types that name none.
    RetryPolicy retry{};
    /// Most jobs held beyond the running ones, to hide the store's latency. The engine prefetches
    /// only what it expects to start within 20 ms. 0: never prefetch.
    std::uint32_t prefetch = 2'000;
    /// Who speaks in the events that webhooks are sent: the attribute "source" of CloudEvents, a
    /// URI reference of 1 to 255 visible ASCII characters. Give each store a name where a receiver
    /// hears of several. The same in all workers of a store.
    std::string event_source{default_event_source};
    /// Where the jobs of webhooks stand. Give them a queue of their own where receivers are slow;
    /// some worker has to serve it. The same in all workers of a store.
    std::string webhook_queue = "default";
    /// How long ended jobs are kept.
    Retention retention{};
    Limits limits{};
    LogSink log{};  ///< empty: nothing is logged
};

/// Defaults of one type's jobs; what a job brings itself goes before.
struct HandlerOptions {
    std::optional<RetryPolicy> retry{};
    std::optional<Duration> timeout{};  ///< of one attempt, at least 1 ms; none: unlimited
};

/// What Worker::activity() tells, for health pages and metrics.
struct WorkerActivity {
    std::uint64_t started = 0, completed = 0, failed = 0, discarded = 0, cancelled = 0;
    std::uint64_t expired = 0;  ///< discarded unbegun: their time had passed; not in `discarded`
    std::uint64_t crashes_rescued = 0, leases_lost = 0, store_errors = 0;
    std::uint32_t running = 0;  ///< handlers running now
    std::uint32_t stuck = 0;    ///< of these, past their timeout and the request to stop
    std::uint32_t slots = 0;
};

/// Claims jobs and runs handlers: all loops of the engine with their threads. Register handlers,
/// then run() or start(). Thread-safe except for handle(), which comes before the start.
class Worker {
public:
    using RawHandler = std::function<Outcome(Context&)>;

    /// Throws Error (invalid_argument) naming the option that is out of range.
    explicit Worker(std::shared_ptr<Store> store, WorkerOptions options = {});
    ~Worker();  ///< stops first
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// `handler` performs jobs of `type`. Throws Error: invalid_argument for a bad type or option,
    /// conflict for a type that has a handler already.
    void handle(std::string_view type, RawHandler handler, HandlerOptions options = {});

    /// `handler(const T&, Context&)` or `handler(const T&)`; it returns an Outcome, nothing, or a
    /// value with a Codec, which becomes the result. Arguments that do not decode discard the job.
    template <JobArgs T, class F>
    void handle(F handler, HandlerOptions options = {});

    /// As handle(): `performer`, not a thread of the queues, performs jobs of `type`. It may
    /// perform several types. See asio.hpp, isolated.hpp and batch.hpp for those that there are.
    void handle_by(std::string_view type, std::shared_ptr<Performer> performer,
                   HandlerOptions options = {});

    /// `hook` stands around every attempt of this worker, of whatever kind of handler. The first
    /// one added is outermost: before the handler it is called first, after it last. Called on the
    /// thread that begins and the one that ends the attempt, never in an isolated process. `name`
    /// is what messages call it, 1 to 64 bytes. Throws Error: invalid_argument for a bad name or an
    /// empty hook, conflict while the worker runs.
    void add_hook(std::string_view name, PerformHook hook);

    /// Works until SIGTERM or SIGINT (a second one ends the process at once), then stops
    /// gracefully.
    void run();
    /// Starts the threads and returns.
    void start();
    /// Stops claiming, lets handlers finish, gives the rest back. Returns when no job is held. A
    /// handler that never returns keeps this call waiting although its job has been given back.
    void stop();

    [[nodiscard]] WorkerActivity activity() const;
    [[nodiscard]] const std::string& name() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

namespace detail {

/// `options` with what the type itself says where they say nothing.
template <JobArgs T>
[[nodiscard]] HandlerOptions handler_options_of(HandlerOptions options) {
    if constexpr (requires { T::retry; }) {
        if (!options.retry) options.retry = T::retry;
    }
    if constexpr (requires { T::timeout; }) {
        if (!options.timeout) options.timeout = T::timeout;
    }
    return options;
}

/// The arguments of a job; none: they do not decode, and `unfit` says how the job ends.
template <JobArgs T>
[[nodiscard]] std::optional<T> decode_args(const Context& job, std::optional<Outcome>& unfit) {
    try {
        return Codec<T>::decode(only_element(job.args()));
    } catch (const Error& error) {
        unfit = Outcome::discard(error.what(), "bad arguments");
        return {};
    }
}

/// What `call` comes to: it returns an Outcome, nothing, or a value with a Codec.
template <class Call>
[[nodiscard]] Outcome outcome_of(Call call) {
    using Result = std::invoke_result_t<Call>;
    if constexpr (std::is_void_v<Result>) {
        call();
        return Outcome::done();
    } else if constexpr (std::is_same_v<std::decay_t<Result>, Outcome>) {
        return call();
    } else {
        return Outcome::done(Codec<std::decay_t<Result>>::encode(call()));
    }
}

/// The typed handler `handler(const T&, Context&)` or `handler(const T&)` as one of raw JSON.
template <JobArgs T, class F>
[[nodiscard]] Worker::RawHandler raw_handler(F handler) {
    return [handler = std::move(handler)](Context& job) -> Outcome {
        std::optional<Outcome> unfit;
        const auto args = decode_args<T>(job, unfit);
        if (!args) return std::move(*unfit);
        return outcome_of([&]() -> decltype(auto) {
            if constexpr (std::is_invocable_v<const F&, const T&, Context&>) {
                return handler(*args, job);
            } else {
                return handler(*args);
            }
        });
    };
}

}  // namespace detail

template <JobArgs T, class F>
void Worker::handle(F handler, HandlerOptions options) {
    handle(T::job_type, detail::raw_handler<T>(std::move(handler)),
           detail::handler_options_of<T>(options));
}

}  // namespace errand
