#pragma once

#include <errand/job.hpp>
#include <errand/limits.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

// Jobs as JSON lines: what `errand enqueue --file` reads. Members have the names of a job in JSON.

namespace errand::cli {

/// One line. Throws Error for an unknown member (with the nearest name), a value of the wrong kind,
/// and whatever core::validate refuses.
[[nodiscard]] NewJob parse_job_line(std::string_view line, const Limits& limits);

/// All lines that are not blank; ids are given to jobs without one. Nothing is returned when one
/// line is wrong: throws Error "NAME:LINE: reason".
[[nodiscard]] std::vector<NewJob> parse_jobs(std::istream& input, const std::string& name,
                                             const Limits& limits);

}  // namespace errand::cli
