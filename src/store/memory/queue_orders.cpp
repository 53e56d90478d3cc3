#include "store/memory/queue_orders.hpp"

#include <algorithm>

namespace errand::memory {

const QueueSettings& QueueOrders::of(std::string_view queue) const {
    const auto found = settings_.find(queue);
    return found == settings_.end() ? default_ : found->second;
}

void QueueOrders::set(std::string_view queue, const QueueSettings& settings, Timestamp now) {
    const std::string name{queue};
    if (settings.order == QueueOrder::fair && of(queue).order != QueueOrder::fair) {
        std::int64_t& time = fair_[name].virtual_time;
        time = std::max(time, now.time_since_epoch().count());
    }
    if (settings == default_)
        settings_.erase(name);
    else
        settings_.insert_or_assign(name, settings);
}

core::Place QueueOrders::place(const NewJob& job, Timestamp due, std::uint64_t seq) {
    const QueueSettings& settings = of(job.queue);
    core::PlaceFacts facts{job.priority, due, static_cast<std::int64_t>(seq)};
    if (settings.order == QueueOrder::fair) {
        facts.fair_position = fair_.at(job.queue).join(job.key, core::weight_of(settings, job.key));
    }
    return core::place_of(settings, facts);
}

core::Place QueueOrders::place_anew(const Job& job, const core::Place& present, Timestamp due,
                                    std::uint64_t seq) const {
    const QueueSettings& settings = of(job.queue);
    if (settings.order == QueueOrder::fair) return present;
    return core::place_of(settings, {job.priority, due, static_cast<std::int64_t>(seq)});
}

void QueueOrders::claimed(std::string_view queue, const core::Place& place) {
    if (of(queue).order != QueueOrder::fair) return;
    std::int64_t& time = fair_.find(queue)->second.virtual_time;
    time = std::max(time, place.position);
}

std::int64_t QueueOrders::FairState::join(const std::string& key, std::uint32_t weight) {
    std::int64_t& finish = finishes[key];
    const auto share = core::FairShare::next(virtual_time, finish, weight);
    finish = share.finish;
    forget_the_idle();
    return share.position;
}

/// A key whose last job ended before the virtual time is like one that never had any.
void QueueOrders::FairState::forget_the_idle() {
    if (finishes.size() < look_through_at) return;
    std::erase_if(finishes, [&](const auto& one) { return one.second <= virtual_time; });
    look_through_at = std::max(fewest_looked_through, finishes.size() * 2);
}

}  // namespace errand::memory
