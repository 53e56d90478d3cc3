#include "engine/promoter.hpp"

#include "base/failpoint.hpp"

#include <algorithm>

namespace errand::engine {

NextRun Promoter::run_once(Timestamp /*now*/) {
    const auto seen = store_.generation(WakeChannel::schedule);
    const auto promotion = store_.promote_due(options_.batch);
    base::failpoint("promoter.promoted");
    if (promotion.promoted >= options_.batch) return NextRun::at_once();
    auto delay = options_.sleep_at_most;
    if (promotion.next_due) {
        delay = std::clamp(Duration{*promotion.next_due - store_.now()}, Duration::zero(), delay);
    }
    return NextRun::on_channel(WakeChannel::schedule, seen, delay);
}

}  // namespace errand::engine
