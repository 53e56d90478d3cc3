#include "store/checks.hpp"

#include "base/text.hpp"
#include "core/schedule/firing.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>
#include <errand/store/events.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::store {

void check_batch(std::size_t items, const Limits& limits) {
    if (items <= limits.batch) return;
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("{} items in one call: at most {} fit (Limits::batch); split the call",
                            items, limits.batch));
}

void check_page_limit(std::uint32_t limit) {
    if (limit >= 1 && limit <= 1'000) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("limit {} is not possible: ask for 1 to 1000 jobs per page", limit));
}

void check_length(std::string_view field, Duration value) {
    if (value >= Duration::zero() && value <= max_duration) return;
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{} of {} us is not possible: give 0 to 36500 days", field, value.count()));
}

Duration kept_for(JobState state, const Retention& retention) noexcept {
    switch (state) {
        case JobState::completed:
            return retention.completed;
        case JobState::cancelled:
            return retention.cancelled;
        case JobState::discarded:
            return retention.discarded;
        default:
            return max_duration;
    }
}

Timestamp due_time(const NewJob& job, Timestamp now) {
    return std::max(now, job.run_at.value_or(now + job.delay));
}

void check_new_jobs(std::span<const NewJob> jobs, const Limits& limits) {
    check_batch(jobs.size(), limits);
    for (const NewJob& job : jobs) {
        if (job.id.is_nil()) {
            throw Error(ErrorCode::invalid_argument,
                        "id of a new job is nil: make one with new_job_id()");
        }
        check_length("delay", job.delay);
    }
}

namespace {
void check_wait(const Settlement& item) {
    core::validate_name("signal", item.signal);
    if (item.to == JobState::scheduled) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("signal {} of a settlement to {}: only a scheduled job waits for one",
                            base::quote_for_message(item.signal), to_string(item.to)));
}
}  // namespace

void check_settlements(std::span<const Settlement> items, const Limits& limits) {
    check_batch(items.size(), limits);
    for (const Settlement& item : items) {
        check_length("delay", item.delay);
        if (item.slow_down) check_length("slow_down", *item.slow_down);
        if (!item.signal.empty()) check_wait(item);
    }
}

void check_heartbeats(std::span<const Heartbeat> items, const Limits& limits) {
    check_batch(items.size(), limits);
    for (const Heartbeat& item : items) {
        if (item.extend) check_length("extend", *item.extend);
    }
}

void check_schedule_page(std::uint32_t max) {
    if (max >= 1 && max <= 10'000) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("max {} is not possible: ask for 1 to 10000 schedules", max));
}

void check_event_page(std::uint32_t max) {
    if (max >= 1 && max <= 1'000) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("max {} is not possible: ask for 1 to 1000 events per page", max));
}

void check_room_for_subscription(std::size_t count) {
    if (count < Events::max_subscriptions) return;
    throw Error(
        ErrorCode::limit_exceeded,
        fmt::format("there are {} subscriptions already, the most that fit; remove one", count));
}

void check_room_for_schedule(std::size_t count) {
    if (count < Schedules::max_schedules) return;
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("the store has {} schedules, which is the most; remove some", count));
}

void throw_no_schedule(std::string_view name) {
    throw Error(ErrorCode::not_found, fmt::format("no schedule is called {}; look them up",
                                                  base::quote_for_message(name)));
}

void check_fire_requests(std::span<const FireRequest> requests, const Limits& limits,
                         Timestamp now) {
    check_batch(requests.size(), limits);
    std::size_t jobs = 0;
    std::size_t skipped = 0;
    for (const FireRequest& request : requests) {
        jobs += request.ticks.size();
        skipped += request.skipped.size();
        core::check_fire_request(request, now);
        for (const FireTick& tick : request.ticks)
            check_length("delay", tick.job.delay);
    }
    check_batch(jobs, limits);
    check_batch(skipped, limits);
}

}  // namespace errand::store
