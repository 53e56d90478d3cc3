#pragma once

#include <errand/store/job_path.hpp>
#include <errand/time.hpp>

namespace errand::engine {

/// The store's time for records; this machine's while the store does not answer.
[[nodiscard]] Timestamp store_time(JobPath& store, const Clock& clock);

}  // namespace errand::engine
