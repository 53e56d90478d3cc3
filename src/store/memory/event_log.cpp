#include "store/memory/event_log.hpp"

#include "store/checks.hpp"

#include <algorithm>
#include <utility>

namespace errand::memory {

void EventLog::note(Event event, Timestamp now) {
    if (!interest_.wants(event)) return;
    event.seq = ++last_seq_;
    event.at = now;
    events_.push_back(std::move(event));
    if (events_.size() > Events::max_events_kept) drop_oldest();
    wake_.wake(WakeChannel::events);
}

void EventLog::drop_oldest() {
    const Event& gone = events_.front();
    for (auto& [name, entry] : entries_) {
        const bool unread = entry.view.acknowledged < gone.seq;
        if (unread && core::wants(entry.view.subscription, gone)) ++entry.view.missed;
    }
    events_.pop_front();
}

void EventLog::drop_acknowledged() {
    std::uint64_t dealt_with = last_seq_;
    for (const auto& [name, entry] : entries_)
        dealt_with = std::min(dealt_with, entry.view.acknowledged);
    while (!events_.empty() && events_.front().seq <= dealt_with)
        events_.pop_front();
}

void EventLog::subscriptions_changed() {
    std::vector<Subscription> all;
    for (const auto& [name, entry] : entries_)
        all.push_back(entry.view.subscription);
    interest_ = core::EventInterest{std::move(all)};
    drop_acknowledged();
    wake_.wake(WakeChannel::events);
}

void EventLog::put(const Subscription& subscription, Timestamp now) {
    forget_idle(now);
    auto* entry = find(subscription.name);
    if (entry == nullptr) {
        store::check_room_for_subscription(entries_.size());
        entry = &entries_[subscription.name];
        entry->view.acknowledged = last_seq_;
        entry->view.created_at = now;
    }
    entry->view.subscription = subscription;
    entry->view.read_at = now;
    subscriptions_changed();
}

bool EventLog::remove(std::string_view name) {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return false;
    entries_.erase(found);
    subscriptions_changed();
    return true;
}

void EventLog::forget_idle(Timestamp now) {
    const auto gone = std::erase_if(entries_, [&](const auto& named) {
        const SubscriptionView& view = named.second.view;
        return core::is_forgotten(view.subscription, view.read_at, now);
    });
    if (gone != 0) subscriptions_changed();
}

EventLog::Entry* EventLog::find(std::string_view name) {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
}

std::vector<SubscriptionView> EventLog::subscriptions(Timestamp now) const {
    std::vector<SubscriptionView> views;
    for (const auto& [name, entry] : entries_) {
        const SubscriptionView& view = entry.view;
        if (!core::is_forgotten(view.subscription, view.read_at, now)) views.push_back(view);
    }
    return views;
}

std::optional<EventPage> EventLog::read(std::string_view name, std::uint32_t max, Timestamp now) {
    forget_idle(now);
    Entry* const entry = find(name);
    if (entry == nullptr) return std::nullopt;
    SubscriptionView& view = entry->view;
    if (core::is_worth_noting(view.subscription, view.read_at, now)) view.read_at = now;
    EventPage page;
    page.up_to = view.acknowledged;
    page.missed = view.missed - entry->told_missed;
    const auto first = std::ranges::upper_bound(events_, view.acknowledged, {}, &Event::seq);
    for (auto event = first; event != events_.end(); ++event) {
        if (page.events.size() == max) {
            page.more = true;
            break;
        }
        page.up_to = event->seq;
        if (core::wants(view.subscription, *event)) page.events.push_back(*event);
    }
    return page;
}

bool EventLog::acknowledge(std::string_view name, std::uint64_t seq, Timestamp now) {
    forget_idle(now);
    Entry* const entry = find(name);
    if (entry == nullptr) return false;
    SubscriptionView& view = entry->view;
    view.acknowledged = std::max(view.acknowledged, std::min(seq, last_seq_));
    if (view.acknowledged + 1 >= oldest()) entry->told_missed = view.missed;
    drop_acknowledged();
    return true;
}

}  // namespace errand::memory
