#include "cli/wait_end.hpp"

#include "cli/job_view.hpp"
#include "client/job_json.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace errand::cli {

Duration parse_wait_timeout(const std::string& text) {
    if (text.empty()) return max_duration;
    try {
        return parse_duration(text);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("--timeout: {}", error.what()));
    }
}

ExitCode report_end(const Job& job, bool json) {
    if (json) {
        fmt::print("{}\n", to_json_text(job));
    } else if (job.state == JobState::completed && !job.result.empty()) {
        fmt::print("{}\n", job.result);
    }
    if (job.state == JobState::completed) return ExitCode::done;
    fmt::print(stderr, "errand: {}\n", one_line(end_reason(job)));
    return ExitCode::failed;
}

ExitCode report_timeout(const JobId& id, Duration timeout) {
    fmt::print(stderr, "errand: job {} has not ended within {}; it goes on\n", to_string(id),
               format_duration(timeout));
    return ExitCode::timed_out;
}

}  // namespace errand::cli
