#pragma once

#include <errand/job_id.hpp>
#include <errand/steps.hpp>
#include <errand/time.hpp>
#include <errand/workflow_member.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace errand {

/// Why a running handler is asked to stop.
enum class StopReason : std::uint8_t {
    none,         ///< it is not
    cancelled,    ///< somebody cancelled the job
    timed_out,    ///< the attempt ran longer than its timeout
    interrupted,  ///< the worker is stopping; the job will run again, no attempt used
    lease_lost,   ///< the job belongs to another worker now; nothing done here counts any more
};

/// A running job, seen from its handler. Valid until the handler returns; usable from any thread
/// that the handler starts and joins. Nothing here blocks on the store except what Steps and
/// WorkflowMember have.
class Context : public Steps, public WorkflowMember {
public:
    [[nodiscard]] virtual const JobId& id() const noexcept = 0;
    [[nodiscard]] virtual std::string_view type() const noexcept = 0;
    [[nodiscard]] virtual std::string_view queue() const noexcept = 0;
    /// The arguments: a JSON array, byte for byte as enqueued.
    [[nodiscard]] virtual std::string_view args() const noexcept = 0;
    /// The meta object as JSON; empty: none.
    [[nodiscard]] virtual std::string_view meta() const noexcept = 0;
    /// The schedule that made the job; empty: none did.
    [[nodiscard]] std::string schedule() const;
    /// The tick of the schedule that made it: what a report is about, whenever it runs. None: it
    /// was not made by a tick.
    [[nodiscard]] std::optional<Timestamp> tick() const;
    /// True: a try-out of a schedule. Do all but what cannot be taken back.
    [[nodiscard]] bool rehearsal() const;
    /// 1 for the first try.
    [[nodiscard]] virtual std::uint32_t attempt() const noexcept = 0;
    [[nodiscard]] virtual std::uint32_t max_attempts() const noexcept = 0;
    /// The fencing token: give it to outside systems that can refuse an older one.
    [[nodiscard]] virtual std::uint64_t lease_seq() const noexcept = 0;
    /// When the attempt times out, by this machine's clock; none: never.
    [[nodiscard]] virtual std::optional<Timestamp> deadline() const noexcept = 0;

    /// True as soon as the handler should return; look at it often in long work.
    [[nodiscard]] virtual bool stop_requested() const noexcept = 0;
    [[nodiscard]] virtual StopReason stop_reason() const noexcept = 0;
    /// For std::condition_variable_any and callbacks.
    [[nodiscard]] virtual std::stop_token stop_token() const noexcept = 0;

    /// Shown to people while the job runs. Cheap; only the newest value is kept. `total` 0:
    /// unknown.
    virtual void progress(std::uint64_t current, std::uint64_t total,
                          std::string_view message = {}) = 0;

    /// Adds a line to the log that is kept with the job, bounded by Limits::log_bytes.
    virtual void log(std::string_view line) = 0;

    // Of Steps: step(), cursor(), wait_signal(), signal(), sleep(), once().
};

}  // namespace errand
