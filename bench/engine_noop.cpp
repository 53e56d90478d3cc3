// How much the engine costs per job: drains no-op jobs from a memory store.
//   engine_noop [JOBS] [CONCURRENCY]

#include <errand/client.hpp>
#include <errand/worker.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

/// Processor time that this process has used, in microseconds.
double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
    const auto jobs = static_cast<std::size_t>(argc > 1 ? std::atol(argv[1]) : 300'000);
    const auto concurrency = static_cast<std::uint32_t>(argc > 2 ? std::atol(argv[2]) : 8);
    const auto store = errand::open_store("memory:");
    errand::Client client{store};
    std::vector<errand::NewJob> all(jobs);
    for (auto& job : all) {
        job.type = "errand.noop";
        job.args = "[\"" + std::string(196, 'x') + "\"]";
    }
    client.enqueue_many(std::move(all));

    errand::WorkerOptions options;
    options.queues = {{"default", concurrency}};
    errand::Worker worker{store, options};
    worker.handle("errand.noop", [](errand::Context&) { return errand::Outcome::done(); });
    const auto cpu_begin = cpu_us();
    const auto begin = std::chrono::steady_clock::now();
    worker.start();
    while (worker.activity().completed < jobs) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const auto cpu = cpu_us() - cpu_begin;
    worker.stop();
    const auto count = static_cast<double>(jobs);
    std::printf("%zu jobs in %.3f s: %.0f jobs/s, %.2f us of processor time per job\n", jobs,
                took.count(), count / took.count(), cpu / count);
}
