#include "simulation/scheduler.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

Scheduler::~Scheduler() {
    // Whoever owns hosts reaps them first; what is left are tasks that end when told so.
    assert(tasks_.empty());
}

void Scheduler::spawn(std::string name, Host* host, std::function<void()> body) {
    auto task = std::make_unique<Task>();
    task->name = std::move(name);
    task->host = host;
    task->version = ++task_count_;
    task->fiber = std::make_unique<Fiber>(stacks_, [this, body = std::move(body)] {
        try {
            check_alive();
            body();
        } catch (const ProcessDied&) {
            return;  // unwound: that was the purpose
        } catch (...) {
            if (!failure_) failure_ = std::current_exception();
        }
    });
    queue(*task, now_);
    tasks_.push_back(std::move(task));
}

void Scheduler::queue(Task& task, Timestamp at) {
    task.version += 1'000'003;  // never one that another task of this address had
    queue_.push({std::max(at, now_), chance_.bits(), &task, task.version});
}

bool Scheduler::step() {
    while (!queue_.empty()) {
        const Place next = queue_.top();
        queue_.pop();
        if (next.task->version != next.version) continue;
        Task& task = *next.task;
        if (task.host != nullptr && task.host->stopped_until > next.at) {
            queue(task, task.host->stopped_until);
            continue;
        }
        now_ = next.at;
        run(task);
        return true;
    }
    return false;
}

void Scheduler::run(Task& task) {
    ++steps_;
    note(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    for (const char letter : task.name)
        note(static_cast<std::uint64_t>(letter));
    task.signal = nullptr;
    task.waits_for_tickets = false;
    ++task.version;
    running_ = &task;
    task.fiber->resume();
    running_ = nullptr;
    wake_siblings(task);
    if (task.fiber->ended()) forget_ended();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

/// What a task did may have given a signal or filled a line inside its own process.
void Scheduler::wake_siblings(const Task& task) {
    if (task.host == nullptr) return;
    for (const auto& other : tasks_) {
        if (other->host != task.host) continue;
        const bool woken = (other->signal != nullptr && other->signal->take()) ||
                           (other->waits_for_tickets && task.name == "claimer");
        if (!woken) continue;
        other->signal = nullptr;
        other->waits_for_tickets = false;
        queue(*other, now_ + chance_.between(1us, 50us));
    }
}

/// Tasks are kept a while after their end: places in the queue may still name them.
void Scheduler::forget_ended() {
    for (auto& task : tasks_) {
        if (!task->fiber->ended()) continue;
        ++task->version;
        task->fiber.reset();
        ended_.push_back(std::move(task));
    }
    std::erase(tasks_, nullptr);
}

void Scheduler::reap(Host& host) {
    host.killed = true;
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
        Task& task = *tasks_[i];
        if (task.host != &host) continue;
        running_ = &task;
        while (!task.fiber->ended())
            task.fiber->resume();
        running_ = nullptr;
        for (auto& waiting : waiters_)
            std::erase(waiting, &task);
    }
    forget_ended();
}

void Scheduler::check_alive() const {
    if (running_ != nullptr && running_->host != nullptr && running_->host->killed) {
        throw ProcessDied{};
    }
}

void Scheduler::pause() {
    check_alive();
    running_->fiber->pause();
    check_alive();
}

void Scheduler::sleep(Duration length) {
    sleep_until(now_ + length);
}

void Scheduler::sleep_until(Timestamp until) {
    queue(*running_, until);
    pause();
}

void Scheduler::wait_for_channel(WakeChannel channel, std::uint32_t seen, Duration longest) {
    if (generation(channel) != seen) return sleep(chance_.between(1us, 50us));
    Task& task = *running_;
    auto& waiters = waiters_[static_cast<std::size_t>(channel)];
    waiters.push_back(&task);
    sleep(longest);
    std::erase(waiters, &task);
}

void Scheduler::wait_for_signal(engine::Signal& signal, Duration longest) {
    if (signal.take()) return sleep(chance_.between(1us, 50us));
    running_->signal = &signal;
    sleep(longest);
}

void Scheduler::wait_for_tickets() {
    running_->waits_for_tickets = true;
    sleep(1h);
}

void Scheduler::hurry(const Host& host) {
    for (const auto& task : tasks_) {
        if (task->host == &host && task.get() != running_) {
            queue(*task, now_ + chance_.between(1us, 50us));
        }
    }
}

void Scheduler::channel_changed(WakeChannel channel) {
    for (Task* const task : std::exchange(waiters_[static_cast<std::size_t>(channel)], {})) {
        queue(*task, now_ + chance_.between(1us, 500us));
    }
}

}  // namespace errand::sim
