#include "engine/worker_threads.hpp"

#include "base/failpoint.hpp"
#include "engine/thread_name.hpp"

#include <errand/error.hpp>

#include <string>
#include <utility>

namespace errand::engine {

WorkerThreads::WorkerThreads(Engine& engine, const LoopServices& services)
    : engine_(engine), services_(services) {
    try {
        start();
    } catch (...) {
        stop();  // those that did start
        throw;
    }
}

void WorkerThreads::start() {
    start_loop(settling_, engine_.settler());
    start_loop(settling_, engine_.lease_keeper());
    start_loop(settling_, engine_.stop_notifier());
    for (const auto& line : engine_.in_flight().lines())
        start_runners(*line);
    start_loop(finding_, engine_.rescuer());
    start_loop(finding_, engine_.promoter());
    start_loop(finding_, engine_.pruner());
    start_loop(finding_, engine_.event_relay());
    if (auto* scheduler = engine_.scheduler()) start_loop(finding_, *scheduler);
    for (const auto& claimer : engine_.claimers())
        start_loop(finding_, *claimer);
}

void WorkerThreads::start_loop(std::deque<LoopThread>& threads, Loop& loop) {
    LoopThread::Options options;
    // Several tries must fit into one lease.
    options.longest_pause = std::min(options.longest_pause, engine_.options().worker.lease / 6);
    threads.emplace_back(loop, services_, options);
}

void WorkerThreads::start_runners(QueueLine& line) {
    for (auto i = line.threads; i > 0; --i) {
        if (line.performer) {
            runners_.push_back(engine_.make_dispatcher(line));
        } else {
            runners_.push_back(engine_.make_runner(line));
        }
        runner_threads_.emplace_back(
            [this, &runner = *runners_.back(), &line] { run(runner, line); });
    }
}

void WorkerThreads::run(Loop& runner, QueueLine& line) {
    name_this_thread(runner.name());
    do {
        while (runner.run_once(services_.clock.now()).delay == Duration::zero()) {
        }
    } while (line.ready.wait());
}

void WorkerThreads::stop_all(std::deque<LoopThread>& threads) {
    for (auto& thread : threads)
        thread.request_stop();
    for (auto& thread : threads)
        thread.stop();
}

void WorkerThreads::stop() {
    if (std::exchange(stopped_, true)) return;
    stop_all(finding_);
    base::failpoint("stop.claiming_ended");
    empty_hands();
    base::failpoint("stop.hands_empty");
    stop_all(settling_);
    try {
        engine_.session().retire();
    } catch (const Error& error) {
        services_.log(LogLevel::warning, std::string{"leaving the store: "} + error.what());
    }
    base::failpoint("stop.retired");
    for (const auto& line : engine_.in_flight().lines())
        line->ready.close();
    for (auto& thread : runner_threads_)
        thread.join();
}

/// Ends all leases: lets handlers finish, then asks them, then leaves them behind.
void WorkerThreads::empty_hands() {
    auto& in_flight = engine_.in_flight();
    const auto& options = engine_.options().worker;
    engine_.give_back_queued();
    if (in_flight.wait_until_empty(options.grace)) return;
    engine_.interrupt_running();
    if (in_flight.wait_until_empty(options.stop_timeout)) return;
    engine_.abandon_running();
    if (in_flight.wait_until_empty(options.lease)) return;
    services_.log(LogLevel::error,
                  "stopping: the store does not take the last outcomes; their leases run out");
}

}  // namespace errand::engine
