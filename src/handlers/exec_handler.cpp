#include "base/text.hpp"
#include "handlers/exec_environment.hpp"
#include "handlers/exec_report.hpp"
#include "handlers/exec_waits.hpp"
#include "handlers/exec_workflow.hpp"
#include "handlers/line_reader.hpp"
#include "handlers/process.hpp"
#include "handlers/supervisor.hpp"

#include <errand/error.hpp>
#include <errand/handlers.hpp>

#include <fmt/format.h>

#include <optional>

namespace errand {
namespace {

using handlers::Line;

void refuse_nul(std::string_view field, std::string_view text) {
    if (text.find('\0') == std::string_view::npos) return;
    throw Error(ErrorCode::invalid_argument, fmt::format("exec {}: {} has a NUL byte: remove it",
                                                         field, base::quote_for_message(text)));
}

void check_environment(const handlers::Environment& environment) {
    for (const auto& [name, value] : environment) {
        refuse_nul("environment", name);
        if (name.empty() || name.find('=') != std::string::npos) {
            throw Error(
                ErrorCode::invalid_argument,
                fmt::format("exec environment: {} is no name of a variable: use one that is not "
                            "empty and has no '='",
                            base::quote_for_message(name)));
        }
        if (value.find('\0') != std::string::npos) {  // the value may be a secret: it is not shown
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("exec environment: the value of {} has a NUL byte: remove it",
                                    base::quote_for_message(name)));
        }
    }
}

void check(const ExecOptions& options) {
    if (options.command.empty() || options.command.front().empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "exec command: empty: give the program and its arguments as a list");
    }
    for (const auto& argument : options.command)
        refuse_nul("command", argument);
    refuse_nul("directory", options.directory);
    check_environment(options.environment);
    if (options.kill_after < Duration::zero() || options.kill_after > max_duration) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("exec kill_after: {} us is out of range: use 0 to 36500 days",
                                options.kill_after.count()));
    }
}

/// What one registered program needs for every job; never changed.
class ExecHandler {
public:
    explicit ExecHandler(ExecOptions options)
        : options_(std::move(options)),
          environment_(handlers::base_environment(options_.environment)) {}

    [[nodiscard]] Outcome operator()(Context& job) const {
        if (job.stop_requested())
            return Outcome::fail("stopped before the program began", "stopped");
        handlers::ExecReport report{job, options_.result_bytes};
        handlers::LineReader out{out_bounds(), [&](const Line& line) { report.on_stdout(line); }};
        handlers::LineReader err{{}, [&](const Line& line) { report.on_stderr(line); }};
        try {
            handlers::ExecWaits waits{job};
            const handlers::ExecWorkflow workflow{job};
            auto process = handlers::Process::start(spec(job, waits, workflow), job.args());
            const auto ended =
                handlers::supervise(process, {out, err}, job.stop_token(), options_.kill_after);
            auto outcome = decide(report, ended);
            if (outcome.kind() != Outcome::Kind::wait_signal) return outcome;
            return waits.begin(outcome.text(), outcome.delay());
        } catch (const Error& error) {
            return Outcome::fail(error.what(), "exec");
        }
    }

private:
    /// A program that was told to stop has not finished, whatever its exit code says.
    [[nodiscard]] Outcome decide(const handlers::ExecReport& report,
                                 const handlers::Ended& ended) const {
        switch (ended.stopped_by) {
            case handlers::StopSignal::terminate:
                return report.failed("stopped by SIGTERM", "stopped");
            case handlers::StopSignal::kill:
                return report.failed(
                    fmt::format("stopped by SIGKILL, still running {} after SIGTERM",
                                format_duration(options_.kill_after)),
                    "stopped");
            case handlers::StopSignal::none:
                break;
        }
        return report.outcome(ended.status);
    }

    [[nodiscard]] handlers::LineBounds out_bounds() const {
        const auto prefix = handlers::result_prefix;
        // One byte more than may be kept shows that there was more.
        return {.long_prefix = prefix, .long_line = prefix.size() + options_.result_bytes + 1};
    }

    [[nodiscard]] handlers::ProcessSpec spec(const Context& job, const handlers::ExecWaits& waits,
                                             const handlers::ExecWorkflow& workflow) const {
        auto environment = environment_;
        workflow.add_to(environment);
        const auto path = environment_.find("PATH");
        return {.command = options_.command,
                .environment = handlers::job_environment(std::move(environment), job, waits),
                .path = path == environment_.end() ? "/usr/local/bin:/usr/bin:/bin" : path->second,
                .directory = options_.directory,
                .memory_bytes = options_.memory_bytes,
                .cpu_seconds = options_.cpu_seconds,
                .open_files = options_.open_files};
    }

    ExecOptions options_;
    handlers::Environment environment_;
};

}  // namespace

Worker::RawHandler exec_handler(ExecOptions options) {
    check(options);
    return [handler = std::make_shared<const ExecHandler>(std::move(options))](Context& job) {
        return (*handler)(job);
    };
}

}  // namespace errand
