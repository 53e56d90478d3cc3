#include "simulation/process.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr Duration shortest_pause = 50ms;
constexpr Duration longest_pause = lease_length / 6;

WorkerOptions worker_options() {
    WorkerOptions options;
    options.queues = {{"a", 2}, {"b", 1}};
    options.prefetch = places_per_worker - 3;
    options.lease = lease_length;
    options.crash_budget = crash_budget;
    options.grace = 500ms;
    options.stop_timeout = 300ms;
    options.retention = {retention, retention, retention};
    options.retry = RetryPolicy::exponential(1s).max(4s);
    return options;
}

}  // namespace

Process::Process(World& world, std::uint32_t number) : world_(world), clock_(world.scheduler) {
    if (world.faults.clocks_differ) clock_.set_error(world.chance.between(-24h, 24h));
    engine::EngineOptions options;
    options.worker = worker_options();
    options.clock = &clock_;
    options.random = &world.chance;
    registry_.add("script", {[this](Context& context) { return perform(context); },
                             {},
                             engine::decide_options(options.worker)});
    engine_ = std::make_unique<engine::Engine>(
        std::make_shared<SimStore>(world, &host_), options,
        engine::Identity{fmt::format("w{}", number), "sim", number}, registry_, counters_, log_);

    auto& scheduler = world.scheduler;
    const auto start = [&](engine::Loop& loop) {
        scheduler.spawn(std::string{loop.name()}, &host_, [this, &loop] { run_loop(loop); });
    };
    start(engine_->settler());
    start(engine_->lease_keeper());
    start(engine_->stop_notifier());
    for (const auto& line : engine_->in_flight().lines()) {
        for (std::uint32_t i = 0; i < line->concurrency; ++i) {
            runners_.push_back(engine_->make_runner(*line));
            scheduler.spawn("runner", &host_,
                            [this, &runner = *runners_.back()] { run_runner(runner); });
        }
    }
    const auto start_finding = [&](engine::Loop& loop) {
        ++finding_;
        scheduler.spawn(std::string{loop.name()}, &host_, [this, &loop] { run_finding(loop); });
    };
    start_finding(engine_->rescuer());
    start_finding(engine_->promoter());
    start_finding(engine_->pruner());
    for (const auto& claimer : engine_->claimers())
        start_finding(*claimer);
}

Process::~Process() {
    world_.scheduler.reap(host_);
}

void Process::run_loop(engine::Loop& loop) {
    Duration pause = shortest_pause;
    while (true)
        run_once(loop, pause);
}

void Process::run_finding(engine::Loop& loop) {
    Duration pause = shortest_pause;
    while (!stopping_)
        run_once(loop, pause);
    --finding_;
}

/// What LoopThread does with its thread, in virtual time.
void Process::run_once(engine::Loop& loop, Duration& pause) {
    auto& scheduler = world_.scheduler;
    std::optional<engine::NextRun> next;
    try {
        next = loop.run_once(clock_.now());
    } catch (const Error&) {
        next.reset();
    }
    scheduler.check_alive();
    if (next) {
        pause = shortest_pause;
        wait(loop, *next);
    } else {
        scheduler.sleep(world_.chance.between(pause / 2, pause));
        pause = std::min(pause * 2, longest_pause);
    }
}

void Process::stop() {
    if (std::exchange(stopping_, true)) return;
    world_.scheduler.spawn("leave", &host_, [this] { leave(); });
    world_.scheduler.hurry(host_);
}

/// The steps of WorkerThreads::stop.
void Process::leave() {
    while (finding_ > 0)
        world_.scheduler.sleep(1ms);
    const auto& options = engine_->options().worker;
    engine_->give_back_queued();
    if (!wait_until_empty(options.grace)) engine_->interrupt_running();
    if (!wait_until_empty(options.stop_timeout)) engine_->abandon_running();
    static_cast<void>(wait_until_empty(options.lease));
    engine_->session().retire();
    host_.killed = true;
}

bool Process::wait_until_empty(Duration timeout) {
    const auto until = world_.scheduler.now() + timeout;
    const auto is_empty = [&] { return engine_->in_flight().wait_until_empty(0s); };
    while (!is_empty() && world_.scheduler.now() < until)
        world_.scheduler.sleep(1ms);
    return is_empty();
}

void Process::wait(engine::Loop& loop, const engine::NextRun& next) {
    auto& scheduler = world_.scheduler;
    if (next.delay == Duration::zero()) return scheduler.sleep(1us);
    if (next.channel) return scheduler.wait_for_channel(*next.channel, next.seen, next.delay);
    scheduler.wait_for_signal(loop.signal(), next.delay);
}

void Process::run_runner(engine::Runner& runner) {
    while (true) {
        const auto next = runner.run_once(clock_.now());
        world_.scheduler.check_alive();
        if (next.delay == Duration::zero()) {
            world_.scheduler.sleep(1us);
        } else {
            world_.scheduler.wait_for_tickets();
        }
    }
}

Outcome Process::perform(Context& context) {
    world_.scheduler.check_alive();
    world_.oracle.started(context.id(), context.lease_seq());
    auto outcome = play(context);
    world_.scheduler.check_alive();
    return outcome;
}

/// The handler: what it does is drawn anew for each attempt.
Outcome Process::play(Context& context) {
    auto& chance = world_.chance;
    const auto& faults = world_.faults;
    take_time(context);
    if (context.args() == "[\"poison\"]" && chance.hit(0.7)) {
        host_.killed = true;
        throw ProcessDied{};
    }
    if (chance.hit(0.1)) {
        try {
            static_cast<void>(context.once("effect", [] { return std::string{"1"}; }));
        } catch (const Error& error) {
            return Outcome::fail(error.what());
        }
    }
    if (!chance.hit(faults.failures)) return Outcome::done();
    switch (chance.below(6)) {
        case 0:
            return Outcome::retry_in(chance.between(0us, 3s));
        case 1:
            return Outcome::snooze(chance.between(0us, 3s));
        case 2:
            return Outcome::discard("scripted");
        case 3:
            return Outcome::cancel("scripted");
        default:
            return Outcome::fail("scripted");
    }
}

void Process::take_time(Context& context) {
    auto& chance = world_.chance;
    if (!chance.hit(world_.faults.slow)) return;
    const Duration length =
        chance.hit(0.8) ? chance.between(0us, 100ms) : chance.between(0us, lease_length * 3);
    const bool listens = chance.hit(0.7);
    const auto until = world_.scheduler.now() + length;
    for (std::uint64_t part = 0; world_.scheduler.now() < until; ++part) {
        if (listens && context.stop_requested()) return;
        context.progress(part, 10, "at it");
        world_.scheduler.sleep(std::min<Duration>(until - world_.scheduler.now(), 50ms));
    }
}

}  // namespace errand::sim
