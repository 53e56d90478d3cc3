#pragma once

#include "engine/execution.hpp"
#include "engine/runner_services.hpp"

#include <string>

// The steps of an attempt that are the same whoever performs it.

namespace errand::engine {

/// Takes a queued lease for its handler: its time-out runs, and its mark says that it began. False:
/// it did not begin, as it was given back or cancelled meanwhile, or has expired, which is settled.
[[nodiscard]] bool begin_attempt(const Ticket& ticket, const RunnerServices& services);

/// Decides what `outcome` means and hands the settlement to the settler, unless a stop has settled
/// the job without its handler. `backtrace` not null: its process crashed.
void end_attempt(const Ticket& ticket, Outcome outcome, std::string* backtrace,
                 const RunnerServices& services);

/// Gives back a lease that has not begun, unless somebody was first.
void give_back(const Ticket& ticket, const RunnerServices& services);

}  // namespace errand::engine
