#pragma once

#include <errand/time.hpp>

#include <optional>
#include <string>
#include <string_view>

// Under which keys a job's steps are kept among its effects, and in what form its waits. Stores
// know the key of signals.

namespace errand::core {

[[nodiscard]] std::string step_key(std::string_view name);
[[nodiscard]] std::string sleep_key(std::string_view name);
[[nodiscard]] std::string wait_key(std::string_view name);
[[nodiscard]] std::string signal_key(std::string_view name);
/// The nameless cursor has a key as well.
[[nodiscard]] std::string cursor_key(std::string_view name);

/// A wait for a signal.
struct WaitNote {
    Timestamp until{};
    bool over = false;  ///< its time was over before the signal came; `until` is not known any more
    bool operator==(const WaitNote&) const = default;
};
/// As JSON: microseconds since 1970, or "over".
[[nodiscard]] std::string to_json_text(const WaitNote& note);
/// None: it is no such text.
[[nodiscard]] std::optional<WaitNote> parse_wait_note(std::string_view json) noexcept;

/// The moment `time` from `now`, not after max_timestamp.
[[nodiscard]] Timestamp moment_after(Timestamp now, Duration time) noexcept;

}  // namespace errand::core
