#pragma once

#include "engine/isolated/frames.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace errand::engine {

/// What a process told of its own crash.
struct CrashReport {
    std::uint64_t job = 0;  ///< 0: it crashed between jobs
    int signal = 0;
    std::uint64_t address = 0;  ///< that was touched
    std::vector<std::uint64_t> stack;
};
[[nodiscard]] CrashReport read_crash(Frame& frame);

/// The call stack as text, one line per call, innermost first. Its process had the same code at the
/// same addresses as this one; what was loaded only there has no name.
[[nodiscard]] std::string backtrace_text(const CrashReport& report);

/// "SIGSEGV"
[[nodiscard]] std::string signal_name(int signal);

/// How a process ended, for people: type is "SIGSEGV", "exit 3".
struct ProcessEnd {
    std::string type;
    std::string message;
};
/// `status` as waitpid() gives it; `cpu_seconds` is the bound of IsolatedOptions.
[[nodiscard]] ProcessEnd describe_end(int status, const CrashReport* report,
                                      std::uint64_t cpu_seconds);

}  // namespace errand::engine
