#include "core/event_filter.hpp"

#include "base/text.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace errand::core {

namespace {

constexpr std::size_t longest_url = 2'048;
constexpr Duration coarse = std::chrono::seconds{1};

EventKinds kinds_of(const EventFilter& filter) noexcept {
    EventKinds kinds = filter.kinds.empty() ? every_event_kind : set_of(filter.kinds);
    // Only jobs have these.
    constexpr EventKinds of_jobs = bit_of(EventKind::workflow_started) - 1;
    const bool of_jobs_only = filter.job || !filter.type.empty() || !filter.queue.empty();
    return of_jobs_only ? kinds & of_jobs : kinds;
}

void check_url(std::string_view url) {
    if (url.empty()) return;
    const bool http = url.starts_with("http://") || url.starts_with("https://");
    const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; });
    if (http && plain && url.size() <= longest_url) return;
    // It may hold a secret, so it is not shown.
    throw Error(ErrorCode::invalid_argument,
                fmt::format("url: must begin with http:// or https:// and have at most {} bytes of "
                            "ASCII without blanks",
                            longest_url));
}

}  // namespace

EventKinds set_of(std::span<const EventKind> kinds) noexcept {
    EventKinds set = 0;
    for (const auto kind : kinds)
        set |= bit_of(kind);
    return set;
}

std::vector<EventKind> kinds_in(EventKinds set) {
    std::vector<EventKind> kinds;
    for (const auto kind : all_event_kinds) {
        if ((set & bit_of(kind)) != 0) kinds.push_back(kind);
    }
    return kinds;
}

bool matches(const EventFilter& filter, const Event& event) {
    if ((kinds_of(filter) & bit_of(event.kind)) == 0) return false;
    if (!filter.type.empty() && filter.type != event.type) return false;
    if (!filter.queue.empty() && filter.queue != event.queue) return false;
    return !filter.job || event.subject == to_string(*filter.job);
}

bool wants(const Subscription& subscription, const Event& event) {
    if (!subscription.url.empty() && event.type == webhook_job_type) return false;
    return matches(subscription.filter, event);
}

EventInterest::EventInterest(std::vector<Subscription> subscriptions)
    : subscriptions_(std::move(subscriptions)) {
    for (const auto& subscription : subscriptions_) {
        const auto kinds = kinds_of(subscription.filter);
        kinds_ |= kinds;
        if (subscription.filter.job) {
            of_job_[*subscription.filter.job] |= kinds;
        } else {
            of_any_job_ |= kinds;
        }
    }
}

bool EventInterest::may_want(EventKinds kinds, const JobId& job) const noexcept {
    if ((of_any_job_ & kinds) != 0) return true;
    if (of_job_.empty()) return false;
    const auto found = of_job_.find(job);
    return found != of_job_.end() && (found->second & kinds) != 0;
}

bool EventInterest::wants(const Event& event) const {
    return std::ranges::any_of(subscriptions_, [&](const Subscription& subscription) {
        return core::wants(subscription, event);
    });
}

bool is_worth_noting(const Subscription& subscription, Timestamp read_at, Timestamp now) {
    const auto step =
        subscription.idle_limit ? std::min(coarse, *subscription.idle_limit / 4) : coarse;
    return now < read_at || now - read_at >= step;
}

bool is_forgotten(const Subscription& subscription, Timestamp read_at, Timestamp now) {
    return subscription.idle_limit && now > read_at && now - read_at > *subscription.idle_limit;
}

Subscription checked(const Subscription& subscription) {
    auto sound = subscription;
    validate_name("name of a subscription", sound.name);
    if (!sound.filter.type.empty()) validate_type(sound.filter.type);
    if (!sound.filter.queue.empty()) validate_queue(sound.filter.queue);
    if (!sound.secret_name.empty()) validate_name("secret_name", sound.secret_name);
    if (sound.filter.job && sound.filter.job->is_nil()) {
        throw Error(ErrorCode::invalid_argument, "job: is nil; name a job or leave it out");
    }
    check_url(sound.url);
    for (const auto kind : sound.filter.kinds) {
        if ((bit_of(kind) & every_event_kind) != 0) continue;
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("kinds: {} is no kind of event", static_cast<unsigned>(kind)));
    }
    const auto& idle = sound.idle_limit;
    if (idle && (*idle <= Duration::zero() || *idle > max_duration)) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("idle_limit of {} us is not possible: give 1us to 36500 days",
                                idle->count()));
    }
    sound.filter.kinds = kinds_in(set_of(sound.filter.kinds));
    return sound;
}

}  // namespace errand::core
