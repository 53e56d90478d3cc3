#pragma once

#include <errand/time.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace errand {

/// What a handler decided. Returning normally is done(), throwing is fail() with the exception's
/// text; the others say more. A plain value.
class Outcome {
public:
    enum class Kind : std::uint8_t {
        done,
        fail,
        retry_in,
        slow_down,
        snooze,
        wait_signal,
        discard,
        cancel
    };

    /// Finished. `result_json` is kept with the job: one JSON value, empty for none.
    [[nodiscard]] static Outcome done(std::string result_json = {}) {
        return {Kind::done, {}, {}, std::move(result_json)};
    }
    /// Failed: tried again as the retry policy says, discarded when no attempts are left.
    [[nodiscard]] static Outcome fail(std::string message, std::string type = "error") {
        return {Kind::fail, {}, std::move(type), std::move(message)};
    }
    /// Failed: as fail(), but the next attempt comes after `delay` whatever the policy says.
    [[nodiscard]] static Outcome retry_in(Duration delay, std::string message = "retry asked for") {
        return {Kind::retry_in, delay, "retry_in", std::move(message)};
    }
    /// Failed, as the other side wants to be left alone for `delay`: as retry_in(), and the rate
    /// limit that holds the job lets none of its jobs begin meanwhile.
    [[nodiscard]] static Outcome slow_down(Duration delay,
                                           std::string message = "asked to slow down") {
        return {Kind::slow_down, delay, "slow_down", std::move(message)};
    }
    /// Not now: runs again after `delay`, no attempt used.
    [[nodiscard]] static Outcome snooze(Duration delay) { return {Kind::snooze, delay, {}, {}}; }
    /// Not now: runs again when the signal has come (or had come before), or after `longest`
    /// without it; no attempt used. Handlers usually call Context::wait_signal() instead.
    [[nodiscard]] static Outcome wait_signal(std::string name, Duration longest) {
        return {Kind::wait_signal, longest, {}, std::move(name)};
    }
    /// Give up for good: no attempt would help. Kept as a dead letter.
    [[nodiscard]] static Outcome discard(std::string reason, std::string type = "discard") {
        return {Kind::discard, {}, std::move(type), std::move(reason)};
    }
    /// No longer wanted.
    [[nodiscard]] static Outcome cancel(std::string reason = {}) {
        return {Kind::cancel, {}, "cancel", std::move(reason)};
    }

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] Duration delay() const noexcept { return delay_; }
    [[nodiscard]] const std::string& error_type() const noexcept { return error_type_; }
    /// The result of done(), the signal's name of wait_signal(), otherwise the message.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] std::string take_text() && noexcept { return std::move(text_); }

private:
    Outcome(Kind kind, Duration delay, std::string error_type, std::string text)
        : kind_(kind), delay_(delay), error_type_(std::move(error_type)), text_(std::move(text)) {}

    Kind kind_;
    Duration delay_;
    std::string error_type_;
    std::string text_;
};

}  // namespace errand
