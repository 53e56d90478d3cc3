#pragma once

#include "engine/signal.hpp"

#include <errand/store/job_path.hpp>
#include <errand/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errand::engine {

/// When a loop wants its next round: after `delay` at the latest, and earlier when `channel` leaves
/// the generation `seen` or, for a loop without a channel, when its signal is given.
struct NextRun {
    Duration delay{};
    std::optional<WakeChannel> channel{};
    std::uint32_t seen = 0;

    [[nodiscard]] static NextRun at_once() { return {}; }
    [[nodiscard]] static NextRun after(Duration delay) { return {delay}; }
    [[nodiscard]] static NextRun on_signal() { return {std::chrono::hours{1}}; }
    [[nodiscard]] static NextRun on_channel(WakeChannel channel, std::uint32_t seen,
                                            Duration at_the_latest) {
        return {at_the_latest, channel, seen};
    }
};

/// One of the engine's loops. No threads inside: a LoopThread calls it, or a simulator. run_once()
/// is called by one thread at a time and throws Error when the store fails; calling it again goes
/// on where it failed, nothing is lost or done twice.
class Loop {
public:
    virtual ~Loop() = default;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    /// One bounded round. `now` is the engine's clock.
    virtual NextRun run_once(Timestamp now) = 0;
    /// Wakes a loop that returned NextRun without a channel.
    [[nodiscard]] Signal& signal() noexcept { return signal_; }

private:
    Signal signal_;
};

}  // namespace errand::engine
