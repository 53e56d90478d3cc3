#pragma once

#include <errand/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace errand::core {

/// A rest that the other side asked for: nothing of a limit's scope begins until it is over. Pure;
/// the stores keep it as text.
class SlowDown {
public:
    /// Reads what text() gave; anything else reads as no rest.
    [[nodiscard]] static SlowDown parse(std::string_view text);
    /// Empty when there never was one.
    [[nodiscard]] std::string text() const;

    /// When it is over; none: it is. A clock that went back to before the rest was asked for finds
    /// it no longer than it was.
    [[nodiscard]] std::optional<Timestamp> until(Timestamp now) const;
    /// Takes note of a clock that went back: until it is where it was, until() would move with it.
    void note(Timestamp now);
    /// Rest for `length` from now. Never shortens what was asked for before.
    void ask(Timestamp now, Duration length);

    bool operator==(const SlowDown&) const = default;

private:
    Timestamp since_{};
    Timestamp until_{};  ///< not after `since_`: there is none
};

}  // namespace errand::core
