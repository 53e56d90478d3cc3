#include "simulation/actors/subscriber.hpp"

#include <errand/error.hpp>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view name = "follower";

/// All but progress, of which several reports may be one event.
Subscription everything() {
    Subscription subscription{std::string{name}};
    using enum EventKind;
    subscription.filter.kinds = {job_enqueued,  job_started,      job_retrying,  job_snoozed,
                                 job_completed, job_discarded,    job_cancelled, job_rescued,
                                 job_retried,   workflow_started, workflow_ended};
    return subscription;
}

}  // namespace

void Subscriber::begin(Store& store) {
    if (!world_.faults.active(Fault::events)) return;
    subscribed_ = true;
    while (true) {
        try {
            return store.put_subscription(everything());
        } catch (const Error& error) {
            if (error.code() != ErrorCode::store_unavailable) throw;
            world_.scheduler.sleep(world_.chance.between(10ms, 300ms));
        }
    }
}

void Subscriber::read(Store& store) {
    while (true) {
        const auto page =
            store.read_events(name, static_cast<std::uint32_t>(1 + world_.chance.below(1'000)));
        if (!page || (page->events.empty() && !page->more)) return;
        if (world_.chance.hit(0.1)) continue;  // the same again
        static_cast<void>(store.acknowledge_events(name, page->up_to));
    }
}

}  // namespace errand::sim
