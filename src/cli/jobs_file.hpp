#pragma once

#include <errand/job.hpp>
#include <errand/limits.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Jobs as JSON lines: what `errand enqueue --file` reads. Members have the names of a job in JSON.

namespace errand::cli {

struct JobLine {
    NewJob job;
    std::optional<Duration> expires_in{};  ///< from its enqueue, by the store's clock
};

/// One line. Throws Error for an unknown member (with the nearest name), a value of the wrong kind,
/// and whatever core::validate refuses.
[[nodiscard]] JobLine parse_job_line(std::string_view line, const Limits& limits);

/// All lines that are not blank; ids are given to jobs without one. Nothing is returned when one
/// line is wrong: throws Error "NAME:LINE: reason".
[[nodiscard]] std::vector<JobLine> parse_jobs(std::istream& input, const std::string& name,
                                              const Limits& limits);

}  // namespace errand::cli
