#pragma once

#include <errand/client.hpp>
#include <errand/worker.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace errand::test {

using namespace std::chrono_literals;

constexpr Duration patience = std::chrono::seconds{30};

/// Opens once; handlers wait at it, tests see that they came.
class Gate {
public:
    void open() {
        const std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }
    /// Of the handler: notes its coming, and waits until the gate is open.
    void pass() {
        arrive();
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return open_; });
    }
    /// Of the handler: notes its coming.
    void arrive() {
        const std::lock_guard lock{mutex_};
        ++arrived_;
        changed_.notify_all();
    }
    /// Of the test: true when at least `count` have come.
    [[nodiscard]] bool reached(int count = 1) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, patience, [&] { return arrived_ >= count; });
    }
    [[nodiscard]] int arrived() {
        const std::lock_guard lock{mutex_};
        return arrived_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int arrived_ = 0;
};

/// Waits until the condition holds; false: patience ran out.
template <class F>
[[nodiscard]] bool eventually(F condition) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Blocks until the handler is asked to stop.
inline void wait_for_stop(Context& context) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock{mutex};
    changed.wait(lock, context.stop_token(), [] { return false; });
}

[[nodiscard]] inline NewJob job(std::string type, std::string queue = "default") {
    NewJob job;
    job.id = new_job_id();
    job.type = std::move(type);
    job.queue = std::move(queue);
    job.retry = RetryPolicy::fixed(1ms);
    return job;
}

[[nodiscard]] inline WorkerOptions slots(std::uint32_t concurrency, std::uint32_t prefetch = 0) {
    WorkerOptions options;
    options.queues = {{"default", concurrency}};
    options.prefetch = prefetch;
    return options;
}

/// A store with a client.
struct Bench {
    std::shared_ptr<Store> store = open_store("memory:");
    Client client{store};

    [[nodiscard]] JobId add(NewJob job) { return client.enqueue(std::move(job)).id; }
    /// The ended job; an unfinished one when patience ran out.
    [[nodiscard]] Job ended(const JobId& id) {
        auto job = client.wait(id, patience);
        return job ? *job : *client.find(id);
    }
};

}  // namespace errand::test
