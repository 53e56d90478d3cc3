#include "client/event_reader.hpp"

#include "client/last_state.hpp"
#include "core/event_filter.hpp"
#include "core/event_page.hpp"

#include <errand/error.hpp>

#include <exception>
#include <utility>

namespace errand::client {

namespace {

constexpr std::uint32_t page_size = 100;
/// Jobs that were enqueued in the caller's own transaction wake nobody.
constexpr Duration look_every = std::chrono::seconds{1};
/// A job whose state changes faster than it can be read is told as it was at the last try.
constexpr int tries = 20;

}  // namespace

EventReader::EventReader(Store& store, std::string name, EventFilter filter,
                         EventStream::Callback callback, SubscribeOptions options)
    : store_(store), callback_(std::move(callback)), options_(std::move(options)) {
    subscription_.name = std::move(name);
    subscription_.filter = std::move(filter);
    subscription_.idle_limit = options_.idle_limit;
    store_.put_subscription(subscription_);
}

engine::NextRun EventReader::run_once(Timestamp) {
    const auto seen = store_.generation(WakeChannel::events);
    if (!knows_last_state_) tell_last_state();
    const auto page = store_.read_events(subscription_.name, page_size);
    if (!page) {
        // Forgotten, as this process was silent for too long.
        store_.put_subscription(subscription_);
        knows_last_state_ = false;
        tell_missed(0);
        return engine::NextRun::at_once();
    }
    if (page->missed != 0) tell_missed(page->missed);
    for (const auto& event : page->events)
        tell(event);
    if (core::is_worth_acknowledging(*page, acknowledged_)) acknowledge(*page);
    if (page->more) return engine::NextRun::at_once();
    return engine::NextRun::on_channel(WakeChannel::events, seen, look_every);
}

/// Nothing was recorded between two readings: so the job, looked at in between, stands where all
/// that was recorded has led it, and only what comes later is news.
void EventReader::tell_last_state() {
    const auto& filter = subscription_.filter;
    if (filter.job) {
        std::optional<Job> job;
        for (int i = 0; i < tries; ++i) {
            const auto before = store_.read_events(subscription_.name, page_size);
            job = store_.find(*filter.job);
            const auto after = store_.read_events(subscription_.name, page_size);
            if (!before || !after) return;
            acknowledge(*before);
            if (before->up_to == after->up_to && !after->more) break;
        }
        if (job) {
            for (const auto& event : last_state(*job)) {
                if (core::matches(filter, event)) tell(event);
            }
        }
    }
    knows_last_state_ = true;
}

void EventReader::acknowledge(const EventPage& page) {
    store_.acknowledge_events(subscription_.name, page.up_to);
    acknowledged_ = page.up_to;
}

void EventReader::tell(const Event& event) {
    try {
        callback_(event);
    } catch (const std::exception& error) {
        failed(error.what());
    } catch (...) {
        failed("something that is no std::exception was thrown");
    }
}

void EventReader::tell_missed(std::uint64_t events) {
    if (!options_.missed) return;
    try {
        options_.missed(events);
    } catch (...) {
        failed("the function for missed events threw");
    }
}

void EventReader::failed(std::string_view what) {
    if (!options_.failed) return;
    try {
        options_.failed(what);
    } catch (...) {
        return;  // there is nobody else to tell
    }
}

void EventReader::unsubscribe() noexcept {
    try {
        store_.remove_subscription(subscription_.name);
    } catch (const std::exception&) {
        return;  // it is forgotten in time
    }
}

}  // namespace errand::client
