#pragma once

#include <errand/context.hpp>
#include <errand/hooks.hpp>
#include <errand/outcome.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace errand {

namespace engine {
class Execution;
struct RunnerServices;
}  // namespace engine

/// A job that a Performer was given. It waits until begin(); a job that waits longer than a second
/// is given back to the store, as are those that wait when the worker stops or the object goes.
/// After begin() it is to be ended once, by finish() or crash(); an object that goes without fails
/// its attempt. Used by one thread at a time; must not outlive Performer::stop().
class Attempt {
public:
    Attempt(engine::Execution& execution, std::uint64_t generation,
            const engine::RunnerServices& services) noexcept;
    Attempt(Attempt&& other) noexcept;
    Attempt& operator=(Attempt&& other) noexcept;
    ~Attempt();

    /// Takes the job: its timeout runs from now. False: there is nothing to do, as it was given
    /// back or cancelled meanwhile, has expired, or a hook failed it; drop the object.
    [[nodiscard]] bool begin();
    /// Which handler is meant; valid as long as the object.
    [[nodiscard]] std::string_view type() const noexcept;
    /// Of a job that has begun, until it is ended.
    [[nodiscard]] Context& context() const noexcept;
    void finish(Outcome outcome) noexcept;
    /// The process that performed it is gone: a failure of the kind crash, which uses the attempt.
    /// `type` names the cause, for example "SIGSEGV".
    void crash(std::string type, std::string message, std::string backtrace) noexcept;

private:
    enum class State : std::uint8_t { waiting, begun, ended };
    void drop() noexcept;
    void end(Outcome outcome, std::string* backtrace) noexcept;

    engine::Execution* execution_;
    std::uint64_t generation_;
    const engine::RunnerServices* services_;
    State state_ = State::waiting;
    Timestamp begun_at_{};
    std::vector<AfterPerform> after_;
};

/// Performs jobs elsewhere than on the threads of the queues: coroutines, isolated processes and
/// batches are made of it. The worker claims for it separately, so that none of its jobs waits for
/// a thread that another kind holds.
class Performer {
public:
    /// For the worker's log, from any thread.
    using Warn = std::function<void(std::string_view)>;

    struct Places {
        std::uint32_t jobs = 1;      ///< jobs at once, 1 to 50,000; the worker claims so many
        std::uint32_t threads = 1;   ///< of the worker that call perform() at once, 1 to 1,024
        std::uint32_t at_once = 64;  ///< most attempts given in one call
    };

    Performer() = default;
    Performer(const Performer&) = delete;
    Performer& operator=(const Performer&) = delete;
    virtual ~Performer() = default;

    /// Of the thread that calls perform(), shown by `top -H`; at most 8 bytes.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual Places places() const noexcept = 0;
    /// What must come before there are threads: to fork. Throws when it cannot be done.
    virtual void prepare(const Warn& /*warn*/) {}
    /// After prepare() of all performers, before the worker's other threads.
    virtual void start() {}
    /// Performs the attempts now or later, on this or another thread. Those beyond the places wait
    /// inside it without begin(). What it throws fails the attempts it was given.
    virtual void perform(std::vector<Attempt> attempts) = 0;
    /// After the last call of perform(), or of prepare() when the worker did not start; no attempt
    /// is left when it returns. Handlers that ignored the request to stop may still be there, their
    /// jobs have been given back.
    virtual void stop() noexcept {}
};

/// What a handler's exception means, from within a catch block: a failure that names the
/// exception's type.
[[nodiscard]] Outcome outcome_of_current_exception();

}  // namespace errand
