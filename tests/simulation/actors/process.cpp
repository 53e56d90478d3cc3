#include "simulation/actors/process.hpp"

#include "simulation/store/hasty_store.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr Duration shortest_pause = 50ms;
constexpr Duration longest_pause = lease_length / 6;
/// Between two looks of a process that leaves at what it waits for.
constexpr Duration leave_poll = 5ms;

/// Of the first process all, so that somebody can do what has to be done.
std::vector<std::string> labels_of(World& world, std::size_t slot) {
    std::vector<std::string> labels;
    for (const auto label : all_labels) {
        const bool lacks = world.faults.active(Fault::labels) && world.chance.hit(0.5);
        if (slot == 0 || !lacks) labels.emplace_back(label);
    }
    return labels;
}

/// Drawn, so that lives have workers of many shapes.
WorkerOptions worker_options(World& world, std::size_t slot) {
    auto& chance = world.chance;
    WorkerOptions options;
    const auto threads = static_cast<std::uint32_t>(1 + chance.below(3));
    if (chance.hit(world.faults[Fault::groups])) {
        const bool strict = chance.hit(0.5);
        options.groups = {{{{"a", 2}, {"b", 1}},
                           threads + 1,
                           strict ? QueueChoice::strict : QueueChoice::weighted}};
    } else {
        options.queues = {{"a", threads}, {"b", 1}};
    }
    options.prefetch = chance.hit(0.3) ? 4 : static_cast<std::uint32_t>(chance.below(80));
    if (chance.hit(world.faults[Fault::small_batches])) {
        options.limits.batch = static_cast<std::uint32_t>(1 + chance.below(3));
        options.prefetch = std::min<std::uint32_t>(options.prefetch, 4);
    }
    options.labels = labels_of(world, slot);
    options.lease = lease_length;
    options.crash_budget = crash_budget;
    options.grace = 500ms;
    options.stop_timeout = 300ms;
    options.retention = {retention, retention, retention};
    options.retry = RetryPolicy::exponential(1s).max(4s);
    return options;
}

}  // namespace

Process::Process(World& world, std::size_t slot, std::uint32_t number)
    : world_(world), clock_(world.scheduler), version_(world.version) {
    set_clock();
    stretch_ = 1 + world.chance.unit() * world.faults[Fault::stretched_timers];
    store_ = std::make_shared<FaultStore>(world, &host_);
    if (world.mutant != Mutant::none) store_ = std::make_shared<HastyStore>(store_, world.mutant);
    engine::EngineOptions options;
    options.worker = worker_options(world, slot);
    options.clock = &clock_;
    options.random = &world.chance;
    options.new_id = [&world] { return world.chance.job_id(); };
    const auto perform = [this](Context& context) {
        return Script{world_, host_, *store_, clock_, id()}.perform(context);
    };
    registry_.add("script", {perform, {}, engine::decide_options(options.worker)});
    registry_.add("callback", {perform, {}, engine::decide_options(options.worker)});
    if (version_ >= newest_version) {
        registry_.add("novel", {perform, {}, engine::decide_options(options.worker)});
    }
    engine_ = std::make_unique<engine::Engine>(
        store_, options, engine::Identity{fmt::format("w{}", number), "sim", number}, registry_,
        counters_, log_);
    world.oracle.joined(id(), abilities());
    start();
}

Process::~Process() {
    world_.scheduler.reap(host_);
}

void Process::set_clock() {
    auto& chance = world_.chance;
    if (world_.faults.active(Fault::process_clocks)) clock_.step(chance.between(-24h, 24h));
    if (world_.faults.active(Fault::process_drift)) {
        clock_.set_drift(chance.between(-50'000us, 50'000us).count());
    }
}

void Process::heal() {
    clock_.set_drift(0);
    stretch_ = 1;
}

Abilities Process::abilities() {
    Abilities can;
    for (const auto& line : engine_->in_flight().lines()) {
        for (const auto& queue : line->group.queues)
            can.serves[queue.name] = can.lines.size();
        can.lines.push_back(line->concurrency);
    }
    for (const auto& type : registry_.types())
        can.types.insert(type);
    const auto& labels = engine_->options().worker.labels;
    can.labels = {labels.begin(), labels.end()};
    can.places = engine_->in_flight().capacity();
    return can;
}

void Process::start_loop(engine::Loop& loop) {
    world_.scheduler.spawn(loop.name(), &host_, [this, &loop] { run_loop(loop); });
}

void Process::start_finding(engine::Loop& loop) {
    ++finding_;
    world_.scheduler.spawn(loop.name(), &host_, [this, &loop] { run_finding(loop); });
}

void Process::start() {
    start_loop(engine_->settler());
    start_loop(engine_->lease_keeper());
    start_loop(engine_->stop_notifier());
    for (const auto& line : engine_->in_flight().lines()) {
        for (std::uint32_t i = 0; i < line->concurrency; ++i) {
            runners_.push_back(engine_->make_runner(*line));
            world_.scheduler.spawn(
                "runner", &host_,
                [this, &runner = *runners_.back(), &line = *line] { run_runner(runner, line); });
        }
    }
    start_finding(engine_->rescuer());
    start_finding(engine_->promoter());
    start_finding(engine_->pruner());
    if (auto* scheduler = engine_->scheduler()) start_finding(*scheduler);
    for (const auto& claimer : engine_->claimers())
        start_finding(*claimer);
}

void Process::run_loop(engine::Loop& loop) {
    Duration pause = shortest_pause;
    while (run_once(loop, pause)) {
    }
}

void Process::run_finding(engine::Loop& loop) {
    Duration pause = shortest_pause;
    while (!stopping_ && run_once(loop, pause)) {
    }
    --finding_;
}

/// What a claimer admitted wakes runners, as its line would.
void Process::wake_runners() {
    for (const auto& line : engine_->in_flight().lines()) {
        std::size_t queued = 0;
        engine_->in_flight().for_each([&](const engine::Execution& execution) {
            const bool waits = execution.phase() == engine::Phase::queued;
            queued += waits && &execution.line() == line.get();
        });
        world_.scheduler.bring_tickets(line.get(), queued);
    }
}

/// What LoopThread does with its thread, in virtual time.
bool Process::run_once(engine::Loop& loop, Duration& pause) {
    auto& scheduler = world_.scheduler;
    std::optional<engine::NextRun> next;
    try {
        next = loop.run_once(clock_.now());
    } catch (const Error&) {
        if (world_.mutant == Mutant::loop_ends_on_error) return false;
    }
    scheduler.check_alive();
    if (loop.name() == "claimer") wake_runners();
    if (next) {
        pause = shortest_pause;
        wait(loop, *next);
    } else {
        scheduler.sleep(world_.chance.between(pause / 2, pause));
        pause = std::min(pause * 2, longest_pause);
    }
    return true;
}

void Process::stop() {
    if (std::exchange(stopping_, true)) return;
    world_.oracle.stopping(id());
    world_.scheduler.spawn("leave", &host_, [this] { leave(); });
    world_.scheduler.hurry(host_);
}

/// The steps of WorkerThreads::stop.
void Process::leave() {
    while (finding_ > 0)
        world_.scheduler.sleep(leave_poll);
    const auto& options = engine_->options().worker;
    engine_->give_back_queued();
    if (world_.mutant != Mutant::leave_in_haste) {
        if (!wait_until_empty(options.grace)) engine_->interrupt_running();
        if (!wait_until_empty(options.stop_timeout)) engine_->abandon_running();
        static_cast<void>(wait_until_empty(options.lease));
    }
    try {
        engine_->session().retire();
    } catch (const Error&) {
        host_.killed = true;  // it leaves all the same; to others it has died
    }
    host_.killed = true;
}

bool Process::wait_until_empty(Duration timeout) {
    const auto until = world_.scheduler.now() + timeout;
    const auto is_empty = [&] {
        bool empty = true;
        engine_->in_flight().for_each([&](const engine::Execution&) { empty = false; });
        return empty;
    };
    while (!is_empty() && world_.scheduler.now() < until)
        world_.scheduler.sleep(leave_poll);
    return is_empty();
}

void Process::wait(engine::Loop& loop, const engine::NextRun& next) {
    auto& scheduler = world_.scheduler;
    if (next.delay == Duration::zero()) return scheduler.sleep(1us);
    auto delay = clock_.true_length(next.delay);
    if (stretch_ > 1) {
        const auto longest = static_cast<double>(delay.count()) * stretch_;
        delay = world_.chance.between(delay, Duration{static_cast<Duration::rep>(longest)});
    }
    if (next.channel) return scheduler.wait_for_channel(*next.channel, next.seen, delay);
    scheduler.wait_for_signal(loop.signal(), delay);
}

void Process::run_runner(engine::Runner& runner, const engine::QueueLine& line) {
    while (true) {
        const auto next = runner.run_once(clock_.now());
        world_.scheduler.check_alive();
        if (next.delay == Duration::zero()) {
            world_.scheduler.sleep(1us);
        } else {
            world_.scheduler.wait_for_tickets(&line);
        }
    }
}

}  // namespace errand::sim
