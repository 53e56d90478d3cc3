#pragma once

#include "system/campaign/history.hpp"

#include <errand/errand.hpp>

#include <cstdint>
#include <memory>

namespace errand::campaign {

/// The schedule that drivers declare: a quick job every second, whatever was missed.
inline constexpr const char* schedule_name = "ticks";

/// Performs jobs until SIGTERM; its handlers write `start` and `finish` records.
void work(std::shared_ptr<Store> store, const History& history, Duration lease);

/// Declares the schedule, then enqueues, cancels and retries, `count` times or, with 0, until it is
/// killed.
void drive(const std::shared_ptr<Store>& store, const History& history, std::uint64_t seed,
           std::uint64_t count);

/// Pauses the schedule and waits until all jobs have ended, at most for `timeout`, and writes a
/// `drained` record.
void await_end(const std::shared_ptr<Store>& store, const History& history, Duration timeout);

/// Writes down every job that the store has, what the schedule did, the store's statistics and what
/// its self-check finds.
void audit(const std::shared_ptr<Store>& store, const History& history);

}  // namespace errand::campaign
