#pragma once

#include "cli/schedule_settings.hpp"
#include "cli/toml_section.hpp"

#include <string_view>

namespace errand::cli {

/// [schedules.NAME]. Everything is checked but what lies outside the file: calendars, and whether
/// there is such a time zone.
[[nodiscard]] ScheduleConfig read_schedule(TomlSection& from, std::string_view name);

}  // namespace errand::cli
