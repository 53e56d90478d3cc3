#pragma once

#include "simulation/chance.hpp"
#include "simulation/fiber.hpp"

#include "engine/signal.hpp"

#include <errand/store/job_path.hpp>
#include <errand/time.hpp>

#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

namespace errand::sim {

/// Thrown out of a simulated process that was killed. No std::exception: nothing may handle it.
struct ProcessDied {};

/// What the scheduler has to know of a simulated process.
struct Host {
    bool killed = false;        ///< its tasks are unwound at their next step
    Timestamp stopped_until{};  ///< SIGSTOP: none of its tasks runs before
};

/// One thread of a simulated process. Owned by the scheduler.
struct Task {
    std::unique_ptr<Fiber> fiber;
    std::string name;
    Host* host = nullptr;              ///< null: the world's own (clients, nemesis)
    std::uint64_t version = 0;         ///< of its newest place in the queue; older ones are void
    engine::Signal* signal = nullptr;  ///< it waits for this, besides its time
    bool waits_for_tickets = false;    ///< a runner without work
};

/// Virtual time and the order of all that happens: one task at a time, the earliest first, equal
/// times in an order drawn from the seed.
class Scheduler {
public:
    explicit Scheduler(Chance& chance) : chance_(chance) {}
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    [[nodiscard]] Timestamp now() const noexcept { return now_; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    /// Over all steps so far: same seed, same hash.
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    void note(std::uint64_t event) noexcept { hash_ = (hash_ ^ event) * 0x100'0000'01b3U; }

    void spawn(std::string name, Host* host, std::function<void()> body);
    /// Runs the next step, and throws what the task let out; false: there is nothing to run.
    bool step();
    /// Unwinds and forgets all tasks of a killed host. Not from inside a task.
    void reap(Host& host);

    // Of the running task.

    void sleep(Duration length);
    void sleep_until(Timestamp until);
    /// Until the channel has left `seen`, or `longest` has passed.
    void wait_for_channel(WakeChannel channel, std::uint32_t seen, Duration longest);
    void wait_for_signal(engine::Signal& signal, Duration longest);
    void wait_for_tickets();
    /// Throws ProcessDied when the running task's host was killed.
    void check_alive() const;

    /// All tasks of a host look around soon instead of when they wanted to.
    void hurry(const Host& host);
    /// A channel's generation has changed: its waiters wake within a moment.
    void channel_changed(WakeChannel channel);
    /// The generation that waiters compare with; set once.
    std::function<std::uint32_t(WakeChannel)> generation;

private:
    struct Place {
        Timestamp at;
        std::uint64_t tie;
        Task* task;
        std::uint64_t version;
        bool operator>(const Place& other) const {
            return at != other.at ? at > other.at : tie > other.tie;
        }
    };

    void queue(Task& task, Timestamp at);
    void pause();
    void run(Task& task);
    void wake_siblings(const Task& task);
    void forget_ended();

    Chance& chance_;
    StackPool stacks_;
    Timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
    std::uint64_t steps_ = 0;
    std::uint64_t hash_ = 0xcbf2'9ce4'8422'2325U;
    std::uint64_t task_count_ = 0;
    std::vector<std::unique_ptr<Task>> tasks_;
    std::vector<std::unique_ptr<Task>> ended_;
    std::priority_queue<Place, std::vector<Place>, std::greater<>> queue_;
    std::array<std::vector<Task*>, wake_channel_count> waiters_;
    Task* running_ = nullptr;
    std::exception_ptr failure_;  ///< what a task let out
};

}  // namespace errand::sim
