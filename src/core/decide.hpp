#pragma once

#include <errand/context.hpp>
#include <errand/outcome.hpp>
#include <errand/retry.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <string>

// From what happened to what is recorded. Pure: everything that matters comes in as a value.

namespace errand::core {

/// What decides besides the job itself.
struct DecideOptions {
    RetryPolicy default_retry{};            ///< of the handler; the job's own goes before
    std::uint32_t crash_budget = 3;         ///< crashes a job may cause before it is discarded
    std::uint32_t max_interruptions = 100;  ///< times it may be given back before it is discarded
    std::size_t error_message_bytes = 8U << 10;
    std::size_t result_bytes = 1U << 20;
};

/// Where and when an attempt ran, for the recorded error.
struct AttemptSite {
    std::string worker;
    std::string host;
    Timestamp now{};  ///< store time
};

/// The settlement for a handler that returned `outcome` (a thrown exception is Outcome::fail with
/// the exception's type). `stop` is why it had been asked to stop, `random` in [0, 1) places the
/// jitter. Rules: done wins over a timeout and an interruption; a failure after `interrupted` gives
/// the job back without using the attempt; any outcome but done after `timed_out` is a timeout
/// failure; any outcome after `cancelled` is cancelled. A result that is no valid JSON or above
/// result_bytes fails the attempt, and so does a wait for a signal with an impossible name. Cut
/// texts carry a mark. `log` is left for the caller. The target was good when the handler was done,
/// bad when the attempt failed; else it says nothing of it.
[[nodiscard]] Settlement decide(const Lease& lease, Outcome outcome, StopReason stop, double random,
                                const AttemptSite& site, const DecideOptions& options);

/// The settlement of a job that is handed back unharmed: prefetched, never begun.
[[nodiscard]] Settlement decide_release(const Lease& lease);

/// Whether the job may not begin any more at `now` (store time).
[[nodiscard]] bool is_expired(const Lease& lease, Timestamp now) noexcept;

/// The settlement of a job that expired before it began: discarded with an error of the type
/// "expired", and no attempt is used. `site` names the worker that found out, and when.
[[nodiscard]] Settlement decide_expired(const Lease& lease, const AttemptSite& site,
                                        const DecideOptions& options);
/// Is it one that decide_expired() made?
[[nodiscard]] bool is_expiry(const Settlement& settlement) noexcept;

/// The settlement of a job whose handler was asked to stop for a shutdown and is left behind.
[[nodiscard]] Settlement decide_interrupted(const Lease& lease, const AttemptSite& site,
                                            const DecideOptions& options);

/// The settlement of a lease that its worker lost. Never begun: given back unharmed. Begun
/// (started or unknown): a crash; the first goes on at once, later ones after 1 s, 4 s, 16 s … (at
/// most 1 h), and the last of the budget discards. Finished but not settled: recorded as a crash
/// and run again, counted as an interruption, not against the crash budget. `site` names the *lost*
/// worker. A machine that went down (mark unknown and worker_died) is not the job's fault: as
/// finished.
[[nodiscard]] Settlement decide_crash(const TakenLease& taken, const AttemptSite& site,
                                      const DecideOptions& options);

}  // namespace errand::core
