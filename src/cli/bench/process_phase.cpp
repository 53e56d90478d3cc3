#include "cli/bench/process_phase.hpp"

#include "cli/bench/enqueue_phase.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <future>
#include <thread>

namespace errand::cli::bench {
namespace {

std::unique_ptr<Worker> idle_handler_worker(const Client& client, std::uint32_t slots) {
    return make_worker(client.store(), slots, [](Context&) { return Outcome::done(); });
}

/// How many were completed when it was seen that `jobs` are.
std::uint64_t await_completed(const Worker& worker, std::uint64_t jobs,
                              const InterruptGuard& interrupt) {
    while (true) {
        const auto completed = worker.activity().completed;
        if (completed >= jobs) return completed;
        interrupt.check();
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

std::uint64_t completed_in_store(const Client& client) {
    return client.stats().states.at(JobState::completed);
}

/// A figure counts only when the store agrees that the work was done.
void check_completed(const Client& client, std::uint64_t jobs, std::uint64_t before = 0) {
    const auto completed = completed_in_store(client) - before;
    if (completed == jobs) return;
    throw Error(ErrorCode::store_corrupt,
                fmt::format("bench: the worker says that it completed {} jobs, the store has {}; "
                            "run `errand store check`",
                            jobs, completed));
}

}  // namespace

double measure_processing(const Client& client, std::uint64_t jobs, std::uint32_t slots,
                          const InterruptGuard& interrupt) {
    const auto worker = idle_handler_worker(client, slots);
    const auto begin = Clock::now();
    worker->start();
    (void)await_completed(*worker, jobs, interrupt);
    const auto end = Clock::now();
    worker->stop();
    check_completed(client, jobs);
    return per_second(jobs, end - begin);
}

double measure_processing_part(const Client& client, std::uint64_t jobs, std::uint32_t slots,
                               const InterruptGuard& interrupt) {
    const auto before = completed_in_store(client);
    const auto worker = idle_handler_worker(client, slots);
    const auto begin = Clock::now();
    worker->start();
    const auto completed = await_completed(*worker, jobs, interrupt);
    const auto end = Clock::now();
    worker->stop();
    check_completed(client, worker->activity().completed, before);
    return per_second(completed, end - begin);
}

MixedRates measure_mixed(const Client& client, std::uint64_t jobs, std::uint32_t slots,
                         const InterruptGuard& interrupt) {
    const auto worker = idle_handler_worker(client, slots);
    worker->start();
    const auto begin = Clock::now();
    auto producer = std::async(std::launch::async, [&] {
        (void)measure_batch_enqueue(client, jobs, interrupt);
        return Clock::now();
    });
    const auto enqueued = producer.get();
    (void)await_completed(*worker, jobs, interrupt);
    const auto completed = Clock::now();
    worker->stop();
    check_completed(client, jobs);
    return {per_second(jobs, enqueued - begin), per_second(jobs, completed - begin)};
}

}  // namespace errand::cli::bench
