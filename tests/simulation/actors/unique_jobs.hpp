#pragma once

#include "simulation/time/chance.hpp"

#include <errand/job.hpp>

namespace errand::sim {

/// Gives the job one of few unique keys, under some policy. Periods end before or after their jobs
/// are pruned.
void make_unique(NewJob& job, Chance& chance);

}  // namespace errand::sim
