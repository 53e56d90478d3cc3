// What each kind of handler costs per job: drains no-op jobs from a memory store.
//   handler_kinds [plain|batch|coroutine|isolated|hooks]... [JOBS=N] [PROCESSES=N]     default: all

#include <errand/asio.hpp>
#include <errand/batch.hpp>
#include <errand/client.hpp>
#include <errand/isolated.hpp>
#include <errand/standard_hooks.hpp>
#include <errand/worker.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct Settings {
    std::size_t jobs = 200'000;
    std::uint32_t processes = 2;
};

errand::Outcome nothing(errand::Context& /*job*/) {
    return errand::Outcome::done();
}

void register_handler(errand::Worker& worker, std::string_view kind, const Settings& settings) {
    constexpr std::string_view type = "errand.noop";
    if (kind == "batch") {
        errand::handle_batch(worker, type, [](std::span<errand::BatchJob>) {}, {.size = 1'000});
    } else if (kind == "coroutine") {
        errand::Coroutines{worker}.handle(
            type, [](errand::Context&) -> boost::asio::awaitable<errand::Outcome> {
                co_return errand::Outcome::done();
            });
    } else if (kind == "isolated") {
        errand::Isolated isolated{worker,
                                  {.processes = settings.processes, .jobs_per_process = 1'000'000}};
        isolated.handle(type, nothing);
    } else {
        worker.handle(type, nothing);
    }
    if (kind == "hooks") {
        worker.add_hook("metrics", errand::JobMetrics{}.perform_hook());
    }
}

void measure(std::string_view kind, const Settings& settings) {
    const auto store = errand::open_store("memory:");
    errand::Client client{store};
    std::vector<errand::NewJob> all(settings.jobs);
    for (auto& job : all) {
        job.type = "errand.noop";
        job.args = "[\"" + std::string(196, 'x') + "\"]";
    }
    client.enqueue_many(std::move(all));
    errand::Worker worker{store};
    register_handler(worker, kind, settings);
    const auto begin = std::chrono::steady_clock::now();
    worker.start();
    while (worker.activity().completed < settings.jobs)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    worker.stop();
    std::printf("%-10.*s %zu jobs in %.3f s: %.0f jobs/s\n", static_cast<int>(kind.size()),
                kind.data(), settings.jobs, took.count(),
                static_cast<double>(settings.jobs) / took.count());
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    std::vector<std::string_view> kinds;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.starts_with("JOBS=")) {
            settings.jobs = static_cast<std::size_t>(std::atol(argv[i] + 5));
        } else if (word.starts_with("PROCESSES=")) {
            settings.processes = static_cast<std::uint32_t>(std::atol(argv[i] + 10));
        } else {
            kinds.push_back(word);
        }
    }
    if (kinds.empty()) kinds = {"plain", "hooks", "batch", "coroutine", "isolated"};
    for (const auto kind : kinds)
        measure(kind, settings);
}
