#include "simulation/time/scheduler.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// FNV-1a: the same in every build.
std::uint64_t short_name(std::string_view name) {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325U;
    for (const char letter : name)
        hash = (hash ^ static_cast<std::uint8_t>(letter)) * 0x100'0000'01b3U;
    return hash;
}

}  // namespace

/// At any second of a minute: of an ordinary one, or shortly before the clocks of Europe are put
/// forward or back, or before midnight.
Scheduler::Scheduler(Chance& chance) : chance_(chance) {
    using namespace std::chrono;
    now_ = sys_days{year{2026} / 3 / 1};
    const auto when = chance.below(10);
    if (when < 3) now_ = sys_days{year{2026} / 3 / 29} + 59min;
    if (when == 3) now_ = sys_days{year{2026} / 10 / 25} + 59min;
    if (when == 4) now_ -= 1min;
    now_ += chance.between(0s, 1min);
}

Scheduler::~Scheduler() {
    // Whoever owns hosts reaps them first; what is left are tasks that end when told so.
    assert(tasks_.empty());
}

void Scheduler::spawn(std::string_view name, Host* host, std::function<void()> body) {
    auto task = std::make_unique<Task>();
    task->kind = short_name(name);
    task->host = host;
    task->index = tasks_.size();
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
    if (host != nullptr) host->tasks.push_back(task.get());
    queue(*task, now_);
    tasks_.push_back(std::move(task));
}

void Scheduler::queue(Task& task, Timestamp at) {
    agenda_.set(task, std::max(at, now_), chance_.bits());
}

bool Scheduler::step() {
    while (!agenda_.empty()) {
        const auto next = agenda_.first();
        Task& task = static_cast<Task&>(*next.who);
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
    note(static_cast<std::uint64_t>(now_.time_since_epoch().count()) ^ task.kind);
    agenda_.remove(task);
    task.signal = nullptr;
    task.line = nullptr;
    running_ = &task;
    task.fiber->resume();
    running_ = nullptr;
    wake_siblings(task);
    if (task.fiber->ended()) forget(task);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

/// What a task did may have given a signal inside its own process.
void Scheduler::wake_siblings(const Task& task) {
    if (task.host == nullptr) return;
    std::erase_if(task.host->listeners, [this](Task* const other) {
        if (other->signal != nullptr && other->signal->take()) {
            other->signal = nullptr;
            queue(*other, now_ + chance_.between(1us, 50us));
        }
        other->listens = other->signal != nullptr;
        return !other->listens;
    });
}

void Scheduler::forget(Task& task) {
    agenda_.remove(task);
    for (auto& waiting : waiters_)
        std::erase(waiting, &task);
    if (task.host != nullptr) {
        std::erase(task.host->tasks, &task);
        std::erase(task.host->listeners, &task);
    }
    const auto place = task.index;
    if (place + 1 != tasks_.size()) {
        tasks_[place] = std::move(tasks_.back());
        tasks_[place]->index = place;
    }
    tasks_.pop_back();
}

void Scheduler::reap(Host& host) {
    host.killed = true;
    while (!host.tasks.empty()) {
        Task& task = *host.tasks.back();
        running_ = &task;
        while (!task.fiber->ended())
            task.fiber->resume();
        running_ = nullptr;
        forget(task);
    }
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
    if (!wake_faults.seen_too_late && generation(channel) != seen) {
        return sleep(chance_.between(1us, 50us));
    }
    Task& task = *running_;
    auto& waiters = waiters_[static_cast<std::size_t>(channel)];
    waiters.push_back(&task);
    auto until = now_ + longest;
    if (task.wake_again) until = std::min(until, *std::exchange(task.wake_again, {}));
    sleep_until(until);
    std::erase(waiters, &task);
}

void Scheduler::wait_for_signal(engine::Signal& signal, Duration longest) {
    if (signal.take()) return sleep(chance_.between(1us, 50us));
    running_->signal = &signal;
    if (!std::exchange(running_->listens, true)) running_->host->listeners.push_back(running_);
    sleep(longest);
}

void Scheduler::wait_for_tickets(const void* line) {
    running_->line = line;
    sleep(1h);
}

void Scheduler::bring_tickets(const void* line, std::size_t count) {
    for (Task* const task : running_->host->tasks) {
        if (count == 0) return;
        if (task->line != line) continue;
        task->line = nullptr;
        queue(*task, now_ + chance_.between(1us, 50us));
        --count;
    }
}

void Scheduler::hurry(const Host& host) {
    for (Task* const task : host.tasks) {
        if (task != running_) queue(*task, now_ + chance_.between(1us, 50us));
    }
}

void Scheduler::wake(Task& task) {
    const bool late = chance_.hit(wake_faults.late);
    queue(task, now_ + chance_.between(1us, late ? Duration{300ms} : Duration{500us}));
    if (chance_.hit(wake_faults.doubled)) task.wake_again = now_ + chance_.between(1us, 5ms);
}

void Scheduler::channel_changed(WakeChannel channel) {
    auto& waiters = waiters_[static_cast<std::size_t>(channel)];
    woken_.swap(waiters);
    for (Task* const task : woken_) {
        const bool cut_off = task->host != nullptr && task->host->cut_off_until > now_;
        if (cut_off || chance_.hit(wake_faults.lost)) {
            waiters.push_back(task);
        } else {
            wake(*task);
        }
    }
    woken_.clear();
}

}  // namespace errand::sim
