#include "conformance/model_player.hpp"

#include "core/event_filter.hpp"

#include <fmt/format.h>

// Commands about events.

namespace errand::test {

namespace {

/// Stores notice the death of a worker at different moments, and take its leases over in an order
/// of their own.
constexpr core::EventKinds of_no_order =
    core::bit_of(EventKind::worker_joined) | core::bit_of(EventKind::worker_left) |
    core::bit_of(EventKind::worker_died) | core::bit_of(EventKind::job_rescued);

std::string name_of(const Command& command) {
    return fmt::format("s{}", command.numbers[0] % 3);
}

}  // namespace

void Player::subscribe(const Command& command) {
    const auto& n = command.numbers;
    Subscription subscription;
    subscription.name = name_of(command);
    auto kinds = core::every_event_kind & ~of_no_order;
    if (n[1] % 3 == 0) kinds &= 0x5555'5555'5555'5555U << (n[1] % 2);
    subscription.filter.kinds = core::kinds_in(kinds);
    if (n[2] % 4 == 0) subscription.filter.job = job(n[3]);
    if (n[4] % 4 == 0) subscription.filter.type = "a";
    if (n[5] % 4 == 0) subscription.filter.queue = "q1";
    if (n[6] % 3 == 0) subscription.idle_limit = std::chrono::seconds{1 + n[6] % 7};
    if (n[7] % 3 == 0) subscription.url = "https://example.org/";
    store_->put_subscription(subscription);
}

std::string Player::unsubscribe(const Command& command) {
    return fmt::format("{}", store_->remove_subscription(name_of(command)));
}

std::string Player::read_events(const Command& command) {
    const auto& n = command.numbers;
    const auto name = name_of(command);
    const auto page = store_->read_events(name, 1 + n[1] % 30);
    if (!page) return "no such subscription";
    std::string text =
        fmt::format("up to {} missed {} more {}\n", page->up_to, page->missed, page->more);
    for (const Event& event : page->events) {
        text += fmt::format("{} {} {} {} {} {} {}\n", event.seq, to_string(event.kind),
                            event.at.time_since_epoch().count(), event.subject, event.type,
                            event.queue, event.data);
    }
    // Sometimes less than all, sometimes what is not there yet.
    if (n[2] % 2 == 0) {
        const auto less = n[4] % 3 == 0 && page->up_to > 0 ? 1U : 0U;
        const auto up_to = page->up_to + n[3] % 3 - less;
        text += fmt::format("{}", store_->acknowledge_events(name, up_to));
    }
    return text;
}

std::string Player::subscriptions() {
    std::string text;
    for (const SubscriptionView& view : store_->subscriptions()) {
        text += fmt::format("subscription {} acknowledged {} missed {} created {} read {}\n",
                            view.subscription.name, view.acknowledged, view.missed,
                            view.created_at.time_since_epoch().count(),
                            view.read_at.time_since_epoch().count());
    }
    return text;
}

}  // namespace errand::test
