#pragma once

#include "simulation/time/agenda.hpp"
#include "simulation/time/chance.hpp"
#include "simulation/time/fiber.hpp"

#include "engine/signal.hpp"

#include <errand/store/job_path.hpp>
#include <errand/time.hpp>

#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace errand::sim {

/// Thrown out of a simulated process that was killed. No std::exception: nothing may handle it.
struct ProcessDied {};

struct Task;

/// What the scheduler has to know of a simulated process.
struct Host {
    bool killed = false;        ///< its tasks are unwound at their next step
    Timestamp stopped_until{};  ///< SIGSTOP: none of its tasks runs before
    Timestamp cut_off_until{};  ///< no call and no wake-up of the store gets through before
    std::vector<Task*> tasks{};
    std::vector<Task*> listeners{};  ///< of them, those that wait for a signal, or just did
};

/// One thread of a simulated process. Owned by the scheduler.
struct Task : Appointment {
    std::unique_ptr<Fiber> fiber;
    Host* host = nullptr;              ///< null: nobody's
    std::uint64_t kind = 0;            ///< its name in short
    engine::Signal* signal = nullptr;  ///< it waits for this, besides its time
    bool listens = false;              ///< it is among Host::listeners
    const void* line = nullptr;        ///< a runner without work waits for tickets of this line
    std::optional<Timestamp> wake_again{};  ///< a second wake-up for a reason that is over
    std::size_t index = 0;                  ///< its place in the list of all
};

/// What may happen to wake-ups between the store and those who wait. Probabilities.
struct WakeFaults {
    double lost = 0;
    double late = 0;
    double doubled = 0;
    /// Waiters look at the channel's generation only after their look for work (a mutant).
    bool seen_too_late = false;
};

/// Virtual time and the order of all that happens: one task at a time, the earliest first, equal
/// times in an order drawn from the seed.
class Scheduler {
public:
    explicit Scheduler(Chance& chance);
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    [[nodiscard]] Timestamp now() const noexcept { return now_; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    /// Over all that was noted so far: same seed, same hash.
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    void note(std::uint64_t event) noexcept {
        hash_ = (hash_ ^ event) * 0x9e37'79b9'7f4a'7c15U;
        hash_ ^= hash_ >> 29;
    }

    void spawn(std::string_view name, Host* host, std::function<void()> body);
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
    void wait_for_tickets(const void* line);
    /// Wakes at most `count` tasks of the running one's host that wait for tickets of `line`.
    void bring_tickets(const void* line, std::size_t count);
    /// Throws ProcessDied when the running task's host was killed.
    void check_alive() const;

    /// All tasks of a host look around soon instead of when they wanted to.
    void hurry(const Host& host);
    /// A channel's generation has changed: its waiters wake within a moment, or as the faults say.
    void channel_changed(WakeChannel channel);

    /// The generation that waiters compare with; set once.
    std::function<std::uint32_t(WakeChannel)> generation;
    WakeFaults wake_faults;

private:
    void queue(Task& task, Timestamp at);
    void pause();
    void run(Task& task);
    void wake_siblings(const Task& task);
    void wake(Task& task);
    void forget(Task& task);

    Chance& chance_;
    StackPool stacks_;
    Timestamp now_;
    std::uint64_t steps_ = 0;
    std::uint64_t hash_ = 0xcbf2'9ce4'8422'2325U;
    std::vector<std::unique_ptr<Task>> tasks_;
    Agenda agenda_;
    std::array<std::vector<Task*>, wake_channel_count> waiters_;
    std::vector<Task*> woken_;  ///< of the present change of a channel; kept for its memory
    Task* running_ = nullptr;
    std::exception_ptr failure_;  ///< what a task let out
};

}  // namespace errand::sim
