#pragma once

#include <errand/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

// The lines by which a program speaks to the exec handler. Pure; every text is acceptable input.

namespace errand::handlers {

/// Begins the only command that may be long.
inline constexpr std::string_view result_prefix = "::result ";

struct LogLine {};  ///< no command
struct ProgressLine {
    std::uint64_t current = 0;
    std::uint64_t total = 0;
    std::string_view message;
};
struct ResultLine {
    std::string_view json;  ///< valid JSON
};
struct BadResultLine {
    std::string reason;  ///< what is wrong with the JSON
};
struct SnoozeLine {
    Duration delay{};
};
struct WaitSignalLine {
    std::string_view name;  ///< a possible one
    Duration longest{};
};
struct SlowDownLine {
    Duration delay{};
    std::string_view reason;  ///< empty: none was given
};
struct DiscardLine {
    std::string_view reason;
};
/// Begins like a command and is none.
struct MalformedLine {
    std::string_view usage;  ///< how the command is written
};

using ExecLine = std::variant<LogLine, ProgressLine, ResultLine, BadResultLine, SnoozeLine,
                              WaitSignalLine, SlowDownLine, DiscardLine, MalformedLine>;

/// Reads one line of stdout, without its end. The commands, each followed by one space:
///   ::progress CURRENT/TOTAL[ MESSAGE]    decimal 64-bit numbers; total 0: unknown
///   ::result JSON                         one value
///   ::snooze DURATION                     as parse_duration() reads it
///   ::wait_signal NAME DURATION           a name like a queue's
///   ::slow-down DURATION[ REASON]
///   ::discard REASON                      not empty
/// Views in the answer point into `line`.
[[nodiscard]] ExecLine parse_exec_line(std::string_view line);

}  // namespace errand::handlers
