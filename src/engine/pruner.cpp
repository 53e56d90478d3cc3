#include "engine/pruner.hpp"

#include "base/failpoint.hpp"

#include <utility>

namespace errand::engine {

NextRun Pruner::run_once(Timestamp /*now*/) {
    if (!std::exchange(started_, true)) return NextRun::after(options_.first_after);
    const auto removed = store_.prune(options_.retention, options_.batch);
    base::failpoint("pruner.pruned");
    if (removed >= options_.batch) return NextRun::at_once();
    const auto spread = 0.9 + 0.2 * random_.unit();
    return NextRun::after(std::chrono::duration_cast<Duration>(options_.period * spread));
}

}  // namespace errand::engine
