#include <errand/worker.hpp>

#include "core/validate.hpp"
#include "engine/engine.hpp"
#include "engine/identity.hpp"
#include "engine/signals.hpp"
#include "engine/started_performers.hpp"
#include "engine/worker_threads.hpp"

#include <errand/error.hpp>

#include <mutex>
#include <utility>

namespace errand {
namespace {

engine::EngineOptions checked(WorkerOptions options) {
    engine::validate(options);
    return {std::move(options)};
}

void validate_handler(const HandlerOptions& options) {
    using std::chrono::milliseconds;
    if (!options.timeout) return;
    if (*options.timeout >= milliseconds{1} && *options.timeout <= max_duration) return;
    throw Error(ErrorCode::invalid_argument, "timeout: it is out of range; give 1ms to 36500d");
}

}  // namespace

class Worker::Impl {
public:
    Impl(std::shared_ptr<Store> store, WorkerOptions options)
        : store_(std::move(store)),
          options_(checked(std::move(options))),
          identity_(engine::make_identity(options_.worker.name)),
          log_(options_.worker.log),
          loops_{*store_, *options_.clock, *options_.random, counters_, log_} {}

    void handle(std::string_view type, engine::Handler handler, const HandlerOptions& options);
    void add_hook(std::string_view name, PerformHook hook);
    void start();
    void stop();
    [[nodiscard]] WorkerActivity activity();
    [[nodiscard]] const std::string& name() const noexcept { return identity_.name; }

private:
    /// What exists between start and stop.
    struct Running {
        explicit Running(Impl& worker)
            : engine(worker.store_, worker.options_, worker.identity_, worker.registry_,
                     worker.counters_, worker.log_),
              threads(engine, worker.loops_) {}
        engine::Engine engine;
        engine::WorkerThreads threads;
        engine::StartedPerformers performers;
    };

    [[nodiscard]] std::shared_ptr<Running> running();
    void set_running(std::shared_ptr<Running> running);

    std::shared_ptr<Store> store_;
    engine::EngineOptions options_;
    engine::Identity identity_;
    engine::Logger log_;
    engine::Counters counters_;
    engine::LoopServices loops_;
    engine::HandlerRegistry registry_;

    std::mutex control_;  ///< one start or stop at a time
    std::mutex mutex_;    ///< guards running_
    std::shared_ptr<Running> running_;
};

void Worker::Impl::handle(std::string_view type, engine::Handler handler,
                          const HandlerOptions& options) {
    core::validate_type(type);
    validate_handler(options);
    if (running()) {
        throw Error(ErrorCode::conflict, "handle(): the worker runs; register handlers before");
    }
    handler.timeout = options.timeout;
    handler.decide = engine::decide_options(options_.worker);
    if (options.retry) handler.decide.default_retry = *options.retry;
    registry_.add(type, std::move(handler));
}

void Worker::Impl::add_hook(std::string_view name, PerformHook hook) {
    if (running()) {
        throw Error(ErrorCode::conflict, "add_hook(): the worker runs; add hooks before");
    }
    registry_.hooks().add(name, std::move(hook));
}

void Worker::Impl::start() {
    const std::lock_guard lock{control_};
    if (running()) throw Error(ErrorCode::conflict, "start(): the worker runs already");
    engine::validate_places(options_.worker, registry_);
    // Before the store is joined and before there are threads: performers may fork.
    engine::StartedPerformers performers{registry_, log_};
    auto running = std::make_shared<Running>(*this);
    running->performers = std::move(performers);
    set_running(std::move(running));
}

void Worker::Impl::stop() {
    const std::lock_guard lock{control_};
    const auto stopping = running();
    if (!stopping) return;
    stopping->threads.stop();
    stopping->performers.stop();
    set_running(nullptr);
}

WorkerActivity Worker::Impl::activity() {
    WorkerActivity activity;
    activity.started = counters_.started;
    activity.completed = counters_.completed;
    activity.failed = counters_.failed;
    activity.discarded = counters_.discarded;
    activity.cancelled = counters_.cancelled;
    activity.expired = counters_.expired;
    activity.crashes_rescued = counters_.crashes_rescued;
    activity.leases_lost = counters_.leases_lost;
    activity.store_errors = counters_.store_errors;
    activity.stuck = counters_.stuck;
    activity.slots = engine::total_slots(options_.worker) + engine::places_of(registry_);
    if (const auto now = running()) activity.running = now->engine.in_flight().running();
    return activity;
}

std::shared_ptr<Worker::Impl::Running> Worker::Impl::running() {
    const std::lock_guard lock{mutex_};
    return running_;
}

void Worker::Impl::set_running(std::shared_ptr<Running> running) {
    const std::lock_guard lock{mutex_};
    running_.swap(running);
}

namespace {

std::shared_ptr<Store> required(std::shared_ptr<Store> store) {
    if (store) return store;
    throw Error(ErrorCode::invalid_argument, "store: null; open one with open_store()");
}

}  // namespace

Worker::Worker(std::shared_ptr<Store> store, WorkerOptions options)
    : impl_(std::make_unique<Impl>(required(std::move(store)), std::move(options))) {}

Worker::~Worker() {
    stop();
}

void Worker::handle(std::string_view type, RawHandler handler, HandlerOptions options) {
    impl_->handle(type, {std::move(handler), {}, {}}, options);
}

void Worker::handle_by(std::string_view type, std::shared_ptr<Performer> performer,
                       HandlerOptions options) {
    impl_->handle(type, {{}, {}, {}, std::move(performer)}, options);
}

void Worker::add_hook(std::string_view name, PerformHook hook) {
    impl_->add_hook(name, std::move(hook));
}

void Worker::run() {
    const engine::StopSignals signals;
    start();
    signals.wait();
    stop();
}

void Worker::start() {
    impl_->start();
}

void Worker::stop() {
    impl_->stop();
}

WorkerActivity Worker::activity() const {
    return impl_->activity();
}

const std::string& Worker::name() const noexcept {
    return impl_->name();
}

}  // namespace errand
