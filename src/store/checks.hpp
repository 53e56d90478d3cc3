#pragma once

#include <errand/limits.hpp>
#include <errand/store/schedules.hpp>
#include <errand/store/types.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// What every store refuses before it changes anything. Each check throws Error.

namespace errand::store {

/// limit_exceeded when a call holds more items than Limits::batch.
void check_batch(std::size_t items, const Limits& limits);

/// invalid_argument unless `limit` lies between 1 and 1,000.
void check_page_limit(std::uint32_t limit);

/// invalid_argument when `value`, called `field` in the message, is negative or above max_duration.
void check_length(std::string_view field, Duration value);

/// How long a job that ended so is kept; for ever while it has not ended.
[[nodiscard]] Duration kept_for(JobState state, const Retention& retention) noexcept;

/// When a job is first due.
[[nodiscard]] Timestamp due_time(const NewJob& job, Timestamp now);

/// Batch size, and that every job has an id.
void check_new_jobs(std::span<const NewJob> jobs, const Limits& limits);

/// Batch size, that every delay is a length, and that a signal has a name and is waited for as
/// scheduled.
void check_settlements(std::span<const Settlement> items, const Limits& limits);

/// Batch size, and that every extension is a length.
void check_heartbeats(std::span<const Heartbeat> items, const Limits& limits);

/// invalid_argument unless `max` lies between 1 and 10,000.
void check_schedule_page(std::uint32_t max);

/// limit_exceeded when a store with `count` schedules has no room for another one.
void check_room_for_schedule(std::size_t count);

/// invalid_argument unless `max` lies between 1 and 1,000.
void check_event_page(std::uint32_t max);

/// limit_exceeded when a store with `count` subscriptions has no room for another one.
void check_room_for_subscription(std::size_t count);

/// not_found.
[[noreturn]] void throw_no_schedule(std::string_view name);

/// Batch size, that of requests, of their jobs and of their skipped ticks, and what
/// core::check_fire_request() refuses.
void check_fire_requests(std::span<const FireRequest> requests, const Limits& limits,
                         Timestamp now);

}  // namespace errand::store
