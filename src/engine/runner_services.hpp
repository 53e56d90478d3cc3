#pragma once

#include "core/decide.hpp"
#include "engine/counters.hpp"
#include "engine/finished_list.hpp"
#include "engine/perform_hooks.hpp"

#include "base/random.hpp"

#include <errand/store/job_path.hpp>

namespace errand::engine {

/// What all that perform the jobs of a worker share.
struct RunnerServices {
    JobPath& store;
    WorkerSession& session;
    const Clock& clock;
    base::Random& random;
    FinishedList& finished;
    Counters& counters;
    core::AttemptSite site;  ///< worker and host
    const PerformHooks& hooks;
};

}  // namespace errand::engine
