#include "cli/bench/enqueue_phase.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <latch>
#include <mutex>
#include <thread>

namespace errand::cli::bench {
namespace {

/// What the callers of one measurement share.
struct Callers {
    std::latch ready;
    std::atomic<std::uint64_t> calls{0};
    std::atomic<bool> over{false};
    std::mutex mutex{};
    std::exception_ptr error{};

    void keep_error(std::exception_ptr caught) {
        const std::lock_guard lock{mutex};
        if (!error) error = caught;
        over = true;
    }
};

void call_until_over(Client client, Callers& callers, std::uint64_t max_jobs) {
    callers.ready.arrive_and_wait();
    try {
        while (!callers.over && callers.calls < max_jobs) {
            client.enqueue(make_job());
            ++callers.calls;
        }
    } catch (...) {
        callers.keep_error(std::current_exception());
    }
}

}  // namespace

double measure_single_enqueues(const Client& client, std::uint32_t count, Clock::duration time,
                               std::uint64_t max_jobs, const InterruptGuard& interrupt) {
    Callers callers{.ready = std::latch{count + 1}};
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < count; ++i) {
        threads.emplace_back([&] { call_until_over(client, callers, max_jobs); });
    }
    callers.ready.arrive_and_wait();
    const auto begin = Clock::now();
    while (!callers.over && callers.calls < max_jobs && Clock::now() - begin < time) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    callers.over = true;
    threads.clear();
    const auto end = Clock::now();
    interrupt.check();
    if (callers.error) std::rethrow_exception(callers.error);
    return per_second(callers.calls, end - begin);
}

double measure_batch_enqueue(Client client, std::uint64_t jobs, const InterruptGuard& interrupt) {
    Clock::duration spent{};
    for (std::uint64_t done = 0; done < jobs; done += batch_jobs) {
        interrupt.check();
        auto batch = make_jobs(std::min(batch_jobs, jobs - done));
        const auto begin = Clock::now();
        client.enqueue_many(std::move(batch));
        spent += Clock::now() - begin;
    }
    return per_second(jobs, spent);
}

}  // namespace errand::cli::bench
