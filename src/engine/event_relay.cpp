#include "engine/event_relay.hpp"

#include "base/failpoint.hpp"
#include "core/event_filter.hpp"
#include "core/event_page.hpp"
#include "core/webhook_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace errand::engine {

NextRun EventRelay::run_once(Timestamp) {
    const auto seen = store_.generation(WakeChannel::events);
    bool more = false;
    bool any_url = false;
    for (const auto& view : store_.subscriptions()) {
        if (view.subscription.url.empty()) continue;
        any_url = true;
        more |= relay(view);
    }
    if (more) return NextRun::at_once();
    return NextRun::on_channel(WakeChannel::events, seen,
                               any_url ? options_.look_every : options_.sleep_at_most);
}

bool EventRelay::relay(const SubscriptionView& view) {
    const auto& subscription = view.subscription;
    const auto page = store_.read_events(subscription.name, options_.page);
    if (!page) return false;  // removed meanwhile
    if (page->missed != 0) {
        log_(LogLevel::warning,
             fmt::format("webhook {}: {} events were gone before they could be delivered",
                         subscription.name, page->missed));
    }
    std::vector<NewJob> jobs;
    for (const auto& event : page->events)
        jobs.push_back(
            core::make_webhook_job(subscription, event, options_.source, options_.queue));
    if (!jobs.empty()) static_cast<void>(store_.insert(jobs));
    base::failpoint("relay.inserted");
    if (core::is_worth_acknowledging(*page, view.acknowledged))
        store_.acknowledge_events(subscription.name, page->up_to);
    remove_if_over(subscription, *page);
    return page->more;
}

/// What was asked for of a single job is over with its end.
void EventRelay::remove_if_over(const Subscription& subscription, const EventPage& page) {
    const auto& filter = subscription.filter;
    if (!filter.job || page.more) return;
    const bool told = std::ranges::any_of(
        page.events, [](const Event& event) { return core::tells_the_end(event.kind); });
    if (told) {
        store_.remove_subscription(subscription.name);
        return;
    }
    // Where its end is not among the kinds that are wanted, only a look at the job tells.
    const auto wanted = core::set_of(filter.kinds);
    constexpr auto ends = core::bit_of(EventKind::job_completed) |
                          core::bit_of(EventKind::job_discarded) |
                          core::bit_of(EventKind::job_cancelled);
    if (filter.kinds.empty() || (wanted & ends) == ends || !page.events.empty()) return;
    const auto job = store_.find(*filter.job);
    if (job && is_end(job->state)) store_.remove_subscription(subscription.name);
}

}  // namespace errand::engine
