#pragma once

#include <errand/codec.hpp>
#include <errand/error.hpp>
#include <errand/event_stream.hpp>
#include <errand/explain.hpp>
#include <errand/hooks.hpp>
#include <errand/store/store.hpp>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace errand {

/// What may be said about a job besides its type and arguments; the fields are those of NewJob.
struct EnqueueOptions {
    JobId id{};  ///< set it to make a repeated call harmless across restarts
    std::string queue = "default";
    Duration delay{};  ///< not together with run_at
    std::optional<Timestamp> run_at{};
    std::int32_t priority = 0;
    std::optional<std::uint32_t> max_attempts{};  ///< none: the type's, else 20
    std::optional<RetryPolicy> retry{};           ///< none: the type's, else the handler's
    std::optional<Duration> timeout{};            ///< none: the type's, else the handler's
    std::string unique_key{};
    /// Makes the unique key from the type and these members of the args instead; empty: from all of
    /// the args. See unique_key_of().
    std::optional<std::vector<std::string>> unique_by{};
    UniquePolicy unique{};
    /// The last call wins: while a job of the key waits, each call gives it its args and lets it
    /// wait this long anew. In place of `unique` and `delay`; without a key of type and all args.
    std::optional<Duration> debounce{};
    /// The first call wins: calls of the key within this time of it add nothing, whatever became of
    /// its job. In place of `unique`; without a key of type and all args.
    std::optional<Duration> throttle{};
    std::string key{};  ///< jobs of a queue with the same key run one after the other
    std::uint32_t weight = 1;
    std::vector<std::string> needs{};  ///< labels that its worker must have
    std::optional<Timestamp> expires_at{};
    std::vector<std::string> tags{};
    std::string meta{};  ///< JSON object
};

/// The durable acknowledgement of an enqueue.
struct Receipt {
    JobId id;  ///< of the new job, or of the one that holds its unique key
    InsertResult::Kind kind = InsertResult::Kind::inserted;
};

/// What became of Client::retry_workflow().
struct WorkflowRetry {
    ControlResult result = ControlResult::done;
    std::uint64_t retried = 0;  ///< how many jobs begin anew
};

namespace detail {
class EnqueueHooks;
/// unique_key, unique and delay of a job whose type, args and times are there already.
void set_unique(const EnqueueOptions& options, NewJob& job);
}  // namespace detail

/// Puts jobs into a store, looks at them and controls them. Thread-safe and cheap to copy. Bad
/// input throws Error (invalid_argument or limit_exceeded) before the store is asked.
class Client {
public:
    explicit Client(std::shared_ptr<Store> store, Limits limits = {});

    /// `hook` stands around every enqueue of this client and of copies that are made later. The
    /// first one added is outermost. `name` is what messages call it, 1 to 64 bytes. Add hooks
    /// before the client is shared between threads. Throws Error (invalid_argument) for a bad name
    /// or an empty hook.
    void add_hook(std::string_view name, EnqueueHook hook);

    /// Enqueues typed arguments. On return the job is as durable as the store's class promises.
    /// When another job holds its unique key, nothing is added and the receipt says so; with
    /// OnConflict::reject it throws Error (conflict), which names that job and the key.
    template <JobArgs T>
    Receipt enqueue(const T& args, EnqueueOptions options = {}) {
        return enqueue(make_job(args, std::move(options)));
    }
    /// Enqueues raw JSON; `job.args` is an array, a lone object is wrapped into one.
    Receipt enqueue(NewJob job);
    /// Enqueues in order, in batches; all or none per Limits::batch jobs. When it throws, earlier
    /// batches are in: repeat the call with the same ids and nothing is added twice. A unique key
    /// that is held never throws: the receipt of that job says so.
    std::vector<Receipt> enqueue_many(std::vector<NewJob> jobs);

    /// The NewJob that enqueue(args, options) would send, for enqueue_many and transactions.
    template <JobArgs T>
    [[nodiscard]] static NewJob make_job(const T& args, EnqueueOptions options = {});

    [[nodiscard]] std::optional<Job> find(const JobId& id) const;
    [[nodiscard]] std::vector<AttemptLog> logs(const JobId& id) const;
    [[nodiscard]] JobPage list(const JobFilter& filter = {}, std::uint32_t limit = 50,
                               std::string_view cursor = {}) const;
    [[nodiscard]] StoreStats stats() const;
    /// Jobs whose unique key kept enqueues out, the newest of these first; `max` from 1 to 1,000.
    [[nodiscard]] std::vector<SuppressedView> suppressed(std::uint32_t max = 100) const;

    /// See Administration for what each state answers.
    ControlResult cancel(const JobId& id);
    ControlResult retry(const JobId& id);
    ControlResult remove(const JobId& id);

    /// Gives an unfinished job a value for Context::wait_signal(name), now or later; see
    /// Administration::signal(). The first one of a name counts. `json` is one JSON value of at
    /// most max_signal_bytes. Throws Error (invalid_argument, limit_exceeded).
    SignalResult signal(const JobId& id, std::string_view name, std::string_view json = "null");
    template <Encodable T>
        requires(!std::is_convertible_v<const T&, std::string_view>)
    SignalResult signal(const JobId& id, std::string_view name, const T& value) {
        return signal(id, name, std::string_view{std::string{Codec<T>::encode(value)}});
    }

    /// Jobs of the scope do not begin until it is resumed; those that run go on. `by` is shown to
    /// people, at most 128 bytes of it. Pausing twice keeps the first `by` and time.
    void pause(const Scope& scope, std::string_view by = {});
    void resume(const Scope& scope);
    void pause(std::string_view queue) { pause(Scope::queue(queue)); }
    void resume(std::string_view queue) { resume(Scope::queue(queue)); }
    [[nodiscard]] std::vector<PauseView> pauses() const;

    /// Sets the bounds of a scope, in place of those it had; without any it has none from now on.
    void set_limit(const Limit& limit);
    void remove_limit(const Scope& scope) { set_limit({scope}); }
    [[nodiscard]] std::vector<LimitView> limits() const;  ///< by scope

    /// How the queue orders the jobs that are enqueued from now on.
    void set_queue_settings(std::string_view queue, const QueueSettings& settings);
    /// Those of queues that have any but the default ones, by name.
    [[nodiscard]] std::map<std::string, QueueSettings> queue_settings() const;

    /// Keys of which jobs wait for their turn, those with the most first; `max` from 1 to 1,000.
    [[nodiscard]] std::vector<KeyView> blocked_keys(std::uint32_t max = 100) const;
    /// Jobs that wait for a time and meanwhile hold the key give their turn to those behind them.
    /// How many did.
    std::uint32_t unblock_key(std::string_view queue, std::string_view key);

    /// Declares a schedule: see Schedules::put_schedule(). Throws Error (invalid_argument) also
    /// when this machine does not know its time zone. A new one makes nothing until it is armed.
    ScheduleChange put_schedule(ScheduleDefinition definition, std::string_view by = {});
    bool remove_schedule(std::string_view name);  ///< false: there was none
    /// Ticks count from now on. Throws Error: not_found; conflict when it requires a rehearsal that
    /// did not succeed yet.
    void arm_schedule(std::string_view name, std::string_view by = {});
    /// It makes nothing until it is armed again; ticks meanwhile are left out.
    void pause_schedule(std::string_view name, std::string_view by = {});
    [[nodiscard]] std::optional<ScheduleView> find_schedule(std::string_view name) const;
    [[nodiscard]] std::vector<ScheduleView> schedules() const;  ///< all, by name
    /// What it made and left out, newest first; at most `max` (1 to 1,000) lines with a seq below
    /// `before`, 0: all.
    [[nodiscard]] std::vector<FireRecord> schedule_history(std::string_view name,
                                                           std::uint32_t max = 50,
                                                           std::uint64_t before = 0) const;
    /// Makes a job that knows it is a try-out and has one attempt; its id. Throws Error
    /// (not_found).
    JobId rehearse_schedule(std::string_view name);
    /// Makes a job now, whatever the schedule's state and times; its id. Throws Error: not_found;
    /// conflict when its last job is unfinished and its overlap policy is skip.
    JobId run_schedule_now(std::string_view name);
    /// Makes the jobs of the ticks from `from` to `to`, both included, that made none; how many.
    /// Left out are ticks that are excluded, that have not come yet, and that the schedule will
    /// come to by itself. When it throws, earlier ones are made; to repeat it makes none of them
    /// twice. Throws Error: not_found; limit_exceeded above 100,000 ticks; conflict where the
    /// history no longer knows what was made.
    std::uint64_t backfill_schedule(std::string_view name, Timestamp from, Timestamp to);

    /// Submits a workflow, whole or not at all; its id. WorkflowBuilder and parse_workflow() write
    /// one. An id that was submitted before adds nothing. Throws Error (invalid_argument,
    /// limit_exceeded) that names the job; of a cycle the path.
    WorkflowId submit(NewWorkflow workflow);
    [[nodiscard]] std::optional<WorkflowView> find_workflow(const WorkflowId& id) const;
    /// Newest first, of one state or all, submitted before `before`; `max` from 1 to 1,000.
    [[nodiscard]] std::vector<WorkflowView> workflows(std::optional<WorkflowState> state = {},
                                                      std::uint32_t max = 100,
                                                      std::optional<WorkflowId> before = {}) const;
    /// All of its jobs, in the order of their insertion. Empty: unknown id.
    [[nodiscard]] std::vector<WorkflowJobView> workflow_jobs(const WorkflowId& id) const;
    /// See Workflows for what each answers.
    ControlResult cancel_workflow(const WorkflowId& id);
    /// What failed begins anew, and what was skipped waits for it again; what completed stays.
    WorkflowRetry retry_workflow(const WorkflowId& id);
    /// Waits until the workflow has ended; none: `timeout` passed first. Throws Error (not_found).
    [[nodiscard]] std::optional<WorkflowView> wait_workflow(const WorkflowId& id,
                                                            Duration timeout) const;

    /// Why the job is where it is: what holds it now, or how it ended. Throws Error (not_found).
    [[nodiscard]] Explanation explain(const JobId& id) const;

    /// Waits until the job has ended; none: `timeout` passed first. Throws Error (not_found).
    [[nodiscard]] std::optional<Job> wait(const JobId& id, Duration timeout) const;

    /// Waits and decodes the result. Throws Error: timed_out; conflict when the job was discarded
    /// or cancelled (the message has the last error); invalid_argument when the result has another
    /// shape.
    template <Encodable R>
    [[nodiscard]] R wait_for(const JobId& id, Duration timeout) const {
        return Codec<R>::decode(wait_for_result(id, timeout));
    }
    [[nodiscard]] std::string wait_for_result(const JobId& id, Duration timeout) const;

    /// Calls `callback` for each event of the filter from now on, on a thread of its own, until the
    /// result is destroyed; see EventStream. Throws Error: invalid_argument, limit_exceeded.
    [[nodiscard]] EventStream subscribe(EventFilter filter, EventStream::Callback callback,
                                        SubscribeOptions options = {}) const {
        return {store_, std::move(filter), std::move(callback), std::move(options)};
    }

    [[nodiscard]] const std::shared_ptr<Store>& store() const noexcept { return store_; }

private:
    Receipt insert(const NewJob& job);
    void insert_many(std::span<const NewJob> jobs, std::vector<Receipt>& receipts);

    std::shared_ptr<Store> store_;
    Limits limits_;
    std::shared_ptr<const detail::EnqueueHooks> hooks_;  ///< null: none
};

template <JobArgs T>
NewJob Client::make_job(const T& args, EnqueueOptions options) {
    NewJob job;
    job.id = options.id;
    job.type = std::string{std::string_view{T::job_type}};
    job.args = "[" + std::string{Codec<T>::encode(args)} + "]";
    job.queue = std::move(options.queue);
    job.meta = std::move(options.meta);
    job.tags = std::move(options.tags);
    job.priority = options.priority;
    job.retry = options.retry;
    job.timeout = options.timeout;
    job.key = std::move(options.key);
    job.weight = options.weight;
    job.needs = std::move(options.needs);
    job.expires_at = options.expires_at;
    job.delay = options.delay;
    job.run_at = options.run_at;
    detail::set_unique(options, job);
    if constexpr (requires { T::retry; }) {
        static_assert(std::is_same_v<decltype(T::retry), const RetryPolicy>,
                      "T::retry must be a static constexpr errand::RetryPolicy");
        constexpr RetryPolicy policy = T::retry;
        if (!job.retry) job.retry = policy;
    }
    if constexpr (requires { T::max_attempts; }) {
        static_assert(T::max_attempts >= 1 && T::max_attempts <= max_max_attempts,
                      "T::max_attempts must lie between 1 and 1000");
        job.max_attempts = T::max_attempts;
    }
    if constexpr (requires { T::timeout; }) {
        static_assert(Duration{T::timeout} > Duration::zero(), "T::timeout must be positive");
        if (!job.timeout) job.timeout = T::timeout;
    }
    if (options.max_attempts) job.max_attempts = *options.max_attempts;
    return job;
}

}  // namespace errand
