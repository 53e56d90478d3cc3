#include "simulation/actors/unique_jobs.hpp"

#include <fmt/format.h>

namespace errand::sim {

using namespace std::chrono_literals;

void make_unique(NewJob& job, Chance& chance) {
    job.unique_key = fmt::format("key{}", chance.below(4));
    job.unique.hold = static_cast<UniqueFor>(chance.below(3));
    if (job.unique.hold == UniqueFor::period) {
        job.unique.period = chance.hit(0.2) ? 15s : chance.between(1ms, 2s);
    }
    job.unique.on_conflict = static_cast<OnConflict>(chance.below(5));
}

}  // namespace errand::sim
