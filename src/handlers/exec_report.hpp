#pragma once

#include "handlers/exec_protocol.hpp"
#include "handlers/line_reader.hpp"
#include "handlers/output_tail.hpp"
#include "handlers/process.hpp"

#include <errand/context.hpp>
#include <errand/outcome.hpp>

#include <optional>
#include <string>

namespace errand::handlers {

/// What a program said, and what that makes of its job: commands are obeyed or remembered, all else
/// is logged. For one thread.
class ExecReport {
public:
    ExecReport(Context& job, std::size_t result_bytes) : job_(job), result_bytes_(result_bytes) {}

    void on_stdout(const Line& line);
    void on_stderr(const Line& line) { log(line); }

    /// The outcome of a program that ended by itself. An exit code other than 0 fails, but
    /// ::discard and ::slow-down count with any; a result that was too long or no JSON fails; of
    /// ::snooze, ::wait_signal, ::slow-down and ::discard the last counts.
    [[nodiscard]] Outcome outcome(const ExitStatus& status) const;
    /// The outcome of a program that was stopped; `how` begins the message.
    [[nodiscard]] Outcome failed(std::string how, std::string type) const;

private:
    void log(const Line& line);
    void result_too_long();

    void obey(const LogLine&, const Line& line) { log(line); }
    void obey(const ProgressLine& progress, const Line& line);
    void obey(const ResultLine& result, const Line& line);
    void obey(const BadResultLine& result, const Line& line);
    void obey(const SnoozeLine& snooze, const Line& line);
    void obey(const WaitSignalLine& wait, const Line& line);
    void obey(const SlowDownLine& slow_down, const Line& line);
    void obey(const DiscardLine& discard, const Line& line);
    void obey(const MalformedLine& malformed, const Line& line);

    Context& job_;
    std::size_t result_bytes_;
    std::string result_;
    std::string result_error_;
    std::optional<Outcome> asked_;  ///< by ::snooze, ::wait_signal, ::slow-down or ::discard
    OutputTail tail_{2U << 10};
};

}  // namespace errand::handlers
