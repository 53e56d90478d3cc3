// How much the engine costs per job: drains no-op jobs from a memory store.
//   engine_noop [JOBS] [CONCURRENCY]

#include <errand/client.hpp>
#include <errand/worker.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

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
    const auto begin = std::chrono::steady_clock::now();
    worker.start();
    while (worker.activity().completed < jobs) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    worker.stop();
    std::printf("%zu jobs in %.3f s: %.0f jobs/s\n", jobs, took.count(),
                static_cast<double>(jobs) / took.count());
}
