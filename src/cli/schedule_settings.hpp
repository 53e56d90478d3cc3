#pragma once

#include "cli/schedule_words.hpp"

#include <errand/store/store.hpp>
#include <errand/worker.hpp>

#include <string>
#include <vector>

namespace errand::cli {

/// One [schedules.NAME] section of errand.toml.
struct ScheduleConfig {
    std::string name;
    ScheduleWords words;
    bool armed = true;  ///< false: somebody arms it by hand
    std::string place;  ///< "errand.toml:12", for messages
};

/// Makes the store's schedules of these names those of the file, and arms the ones that nobody has
/// paused. What cannot be armed, as it must be rehearsed first or would never fire, is said to
/// `log` and left. Throws Error (invalid_argument) for a calendar that cannot be read and an
/// unknown time zone, naming the place in the file.
void declare_schedules(const std::vector<ScheduleConfig>& schedules, Store& store,
                       const LogSink& log);

}  // namespace errand::cli
