#pragma once

#include "engine/engine.hpp"
#include "engine/loop_thread.hpp"

#include <deque>
#include <memory>
#include <thread>
#include <vector>

namespace errand::engine {

/// The threads of one worker: one per loop, and per queue as many runners as it has slots. Starts
/// them when made; stop() ends the work in good order.
class WorkerThreads {
public:
    WorkerThreads(Engine& engine, const LoopServices& services);
    ~WorkerThreads() { stop(); }
    WorkerThreads(const WorkerThreads&) = delete;
    WorkerThreads& operator=(const WorkerThreads&) = delete;

    /// The graceful stop: see Worker::stop(). While the store is away it waits for one lease, after
    /// which nothing that is held is worth keeping.
    void stop();

private:
    void start();
    void start_loop(std::deque<LoopThread>& threads, Loop& loop);
    void start_runners(QueueLine& line);
    void run(Loop& runner, QueueLine& line);
    static void stop_all(std::deque<LoopThread>& threads);
    void empty_hands();

    Engine& engine_;
    const LoopServices& services_;
    std::vector<std::unique_ptr<Loop>> runners_;  ///< and dispatchers
    std::vector<std::jthread> runner_threads_;
    std::deque<LoopThread> finding_;   ///< find work; stopped first
    std::deque<LoopThread> settling_;  ///< end work; stopped when nothing is held
    bool stopped_ = false;
};

}  // namespace errand::engine
