#pragma once

#include <errand/store/schedules.hpp>

#include <string>

// Schedules and their history as JSON documents, in the manner of job_json.hpp.

namespace errand {

/// {"name", "state", "revision", "definition", "last_tick", "last_job", "rehearsal": {"job",
/// "revision"}, "changed_at", "changed_by"}; `definition` has the form that
/// parse_schedule_definition() reads, last_tick is null unless the schedule is armed.
[[nodiscard]] std::string to_json_text(const ScheduleView& view);

/// {"seq", "at", "kind", "job", "tick", "last", "count", "is_counted", "skipped"}
[[nodiscard]] std::string to_json_text(const FireRecord& record);

}  // namespace errand
