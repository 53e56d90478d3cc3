#pragma once

#include <errand/codec.hpp>
#include <errand/error.hpp>
#include <errand/outcome.hpp>
#include <errand/time.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// Work of a handler that is not done twice, and waits that need no worker: what a job goes on from
// after a crash, a deploy, a failed attempt or a wait.

namespace errand {

/// The longest name of a step, a sleep or a cursor. Signals have names like a queue's.
inline constexpr std::size_t max_step_name_bytes = 200;
/// The longest result of a step and position of a cursor, as JSON text.
inline constexpr std::size_t max_step_bytes = 1U << 20;
/// The longest value of a signal, as JSON text.
inline constexpr std::size_t max_signal_bytes = 64U << 10;

/// A JSON value as text, byte by byte: where a value is not to become a C++ type.
struct RawJson {
    std::string text = "null";
    bool operator==(const RawJson&) const = default;
};
template <>
struct Codec<RawJson> {
    [[nodiscard]] static std::string encode(const RawJson& value) { return value.text; }
    [[nodiscard]] static RawJson decode(std::string_view json) { return {std::string{json}}; }
};

/// Thrown by wait_signal() and sleep() to leave the handler: the job waits without a worker, no
/// attempt is used, and its handler runs again from the start when the wait is over. It is no
/// std::exception, so that `catch (const std::exception&)` lets it pass; `catch (...)` in a handler
/// must throw it on. Destructors run as for any exception.
class Parked final {
public:
    explicit Parked(Outcome outcome) : outcome_(std::move(outcome)) {}
    /// A snooze or a wait_signal.
    [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }

private:
    Outcome outcome_;
};

template <class T>
class Cursor;

/// The part of Context that outlives an attempt. What it keeps belongs to the job: it stays through
/// attempts, crashes and an operator's retry, and goes with the job. All times are the store's.
/// Threads as in Context. Errors of all: Error with lease_lost when the job is no longer ours,
/// store_unavailable, invalid_argument for an impossible name or a value that is not of type T any
/// more (it names the step), limit_exceeded above max_step_bytes.
///
/// A handler with steps runs from its start each time, so what decides between them must be the
/// same each time: take it from the arguments or from a step, not from the clock or from chance.
class Steps {
public:
    Steps() = default;
    Steps(const Steps&) = delete;
    Steps& operator=(const Steps&) = delete;
    virtual ~Steps() = default;

    /// Runs `work` once per job and name: its result is stored (any type with a Codec, RawJson, or
    /// nothing), and later calls of the name return it without running. A crash between the work
    /// and the storing repeats it. What `work` throws goes on, and nothing is stored.
    template <class F>
    auto step(std::string_view name, F&& work) -> std::decay_t<std::invoke_result_t<F&>>;

    /// A position that a long loop saves now and then, to go on from.
    template <class T = RawJson>
    [[nodiscard]] Cursor<T> cursor(std::string_view name = {});

    /// The signal's value as soon as it has come, also before this call; nothing when it has not
    /// come within `longest` of the first call of the name. Meanwhile the job is parked, see
    /// Parked. The answer stays: once a value was returned it is returned again, and once the time
    /// was over this wait returns nothing for good, though the signal may come later (signal()
    /// finds it).
    template <class T = RawJson>
    [[nodiscard]] std::optional<T> wait_signal(std::string_view name, Duration longest);

    /// The signal's value if it has come. Does not wait.
    template <class T = RawJson>
    [[nodiscard]] std::optional<T> signal(std::string_view name);

    /// Parks the job until `time` after the first call of the name, see Parked; later calls go on
    /// from then.
    void sleep(std::string_view name, Duration time);

    /// Runs `effect` once per job and key, also across attempts: its value (JSON) is stored, and
    /// later calls with the same key return it without running. A crash between the effect and the
    /// storing repeats it, so give the outside world Context::lease_seq() or an idempotency key
    /// where that matters. step("x") is once("step:x"); the other members have keys that begin with
    /// "cursor", "sleep:", "wait:" and "signal:".
    virtual std::string once(std::string_view key, const std::function<std::string()>& effect) = 0;

    // What the others are made of. A value is kept under (job, key), 1 to 255 bytes.
    [[nodiscard]] virtual std::optional<std::string> find_effect(std::string_view key) = 0;
    virtual void replace_effect(std::string_view key, std::string_view json) = 0;
    [[nodiscard]] virtual Timestamp store_time() = 0;

    /// How a wait for a signal stands.
    struct SignalWait {
        std::optional<std::string> value{};  ///< it came: JSON
        bool over = false;                   ///< its time was over before it came
        std::optional<Timestamp> until{};    ///< it is waited for; none: nobody has waited yet
    };
    /// Looks, and notes that the time is over when it is.
    [[nodiscard]] SignalWait look_at_wait(std::string_view name);
    /// The same, for one that waits from now on if nobody has waited yet: always one of the three.
    [[nodiscard]] SignalWait begin_wait(std::string_view name, Duration longest);

private:
    std::string step_json(std::string_view name, const std::function<std::string()>& work);
    std::optional<std::string> wait_json(std::string_view name, Duration longest);
    std::optional<std::string> signal_json(std::string_view name);
};

namespace detail {
/// The key of a cursor; throws Error (invalid_argument).
[[nodiscard]] std::string cursor_key(std::string_view name);

/// Decodes what is kept under `what`; the error says that it was that.
template <class T>
T decode_kept(std::string_view what, std::string_view name, std::string_view json) {
    try {
        return Codec<T>::decode(json);
    } catch (const Error& error) {
        throw Error(error.code(),
                    std::string{what} + " '" + std::string{name} + "': " + error.what());
    }
}
}  // namespace detail

/// A saved position of a job. Valid as long as its Context.
template <class T>
class Cursor {
public:
    Cursor(Steps& job, std::string_view name)
        : job_(job), name_(name), key_(detail::cursor_key(name)) {}

    /// The newest saved position; none: none was saved.
    [[nodiscard]] std::optional<T> get() const {
        const auto json = job_.find_effect(key_);
        if (!json) return std::nullopt;
        return detail::decode_kept<T>("cursor", name_, *json);
    }
    /// Durable on return, which costs a write: save every few hundred turns, not at each.
    void save(const T& position) { job_.replace_effect(key_, Codec<T>::encode(position)); }

private:
    Steps& job_;
    std::string name_;
    std::string key_;
};

template <class F>
auto Steps::step(std::string_view name, F&& work) -> std::decay_t<std::invoke_result_t<F&>> {
    using Result = std::decay_t<std::invoke_result_t<F&>>;
    if constexpr (std::is_void_v<Result>) {
        (void)step_json(name, [&] {
            work();
            return std::string{"null"};
        });
    } else {
        static_assert(Encodable<Result>, "a step returns nothing, RawJson or a type with a Codec");
        std::optional<Result> fresh;
        const auto json = step_json(
            name, [&] { return std::string{Codec<Result>::encode(fresh.emplace(work()))}; });
        if (fresh) return std::move(*fresh);
        return detail::decode_kept<Result>("step", name, json);
    }
}

template <class T>
Cursor<T> Steps::cursor(std::string_view name) {
    return Cursor<T>{*this, name};
}

template <class T>
std::optional<T> Steps::wait_signal(std::string_view name, Duration longest) {
    const auto json = wait_json(name, longest);
    if (!json) return std::nullopt;
    return detail::decode_kept<T>("signal", name, *json);
}

template <class T>
std::optional<T> Steps::signal(std::string_view name) {
    const auto json = signal_json(name);
    if (!json) return std::nullopt;
    return detail::decode_kept<T>("signal", name, *json);
}

}  // namespace errand
