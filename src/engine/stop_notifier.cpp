#include "engine/stop_notifier.hpp"

#include <utility>

namespace errand::engine {

NextRun StopNotifier::run_once(Timestamp /*now*/) {
    std::vector<std::stop_source> sources;
    {
        const std::lock_guard lock{mutex_};
        sources.swap(waiting_);
    }
    for (auto& source : sources)
        source.request_stop();
    return NextRun::on_signal();
}

void StopNotifier::add(std::stop_source source) {
    {
        const std::lock_guard lock{mutex_};
        waiting_.push_back(std::move(source));
    }
    signal().notify();
}

}  // namespace errand::engine
