#include "cli/drain.hpp"

#include <errand/error.hpp>

#include <unistd.h>
#include <csignal>
#include <cstdint>
#include <utility>

namespace errand::cli {
namespace {

constexpr std::chrono::milliseconds look_period{50};

}  // namespace

std::uint64_t unfinished_jobs(const StoreStats& stats, const std::vector<std::string>& queues) {
    std::uint64_t jobs = 0;
    for (const auto& name : queues) {
        const auto found = stats.queues.find(name);
        if (found == stats.queues.end()) continue;
        const QueueStats& queue = found->second;
        jobs += queue.available + queue.scheduled + queue.retryable + queue.active + queue.pending;
    }
    return jobs;
}

DrainWatch::DrainWatch(const Worker& worker, Store& store, std::vector<std::string> queues)
    : worker_(worker), store_(store), queues_(std::move(queues)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

void DrainWatch::watch(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    std::uint64_t started_before = 0;
    while (!stop.stop_requested()) {
        // Counting what is left reads the whole store: not while jobs still come in.
        const auto activity = worker_.activity();
        const bool came_in = std::exchange(started_before, activity.started) != activity.started;
        if (!came_in && activity.running == 0 && drained()) {
            ::kill(::getpid(), SIGTERM);
            return;
        }
        changed_.wait_for(lock, stop, look_period, [] { return false; });
    }
}

bool DrainWatch::drained() const {
    try {
        return unfinished_jobs(store_.stats(), queues_) == 0;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace errand::cli
