#pragma once

#include "cli/table.hpp"

#include <errand/job.hpp>

#include <string>
#include <vector>

// How jobs look to a person.

namespace errand::cli {

/// id, state, type, queue, attempt, age and what matters most about each.
[[nodiscard]] Table job_table(const std::vector<Job>& jobs, Timestamp now);

/// The one thing to know about a job in its state: the progress, the error, when it is due.
[[nodiscard]] std::string job_info(const Job& job, Timestamp now);

/// All about one job in lines "field  value", errors and progress included; `logs` follow when
/// given.
[[nodiscard]] std::string job_details(const Job& job, const std::vector<AttemptLog>& logs,
                                      Timestamp now, bool colour);

/// Why a job that ended badly did: "discarded: exit code 3: no such file".
[[nodiscard]] std::string end_reason(const Job& job);

}  // namespace errand::cli
