#include "core/decide.hpp"

#include "base/text.hpp"
#include "core/rough_duration.hpp"
#include "core/transitions.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace errand::core {
namespace {

constexpr std::string_view expired_type = "expired";

/// The row of the transition table for a way out of active, as a settlement.
Settlement settle_as(const Lease& lease, JobEvent event) {
    const auto transition = find_transition(JobState::active, event);
    assert(transition);
    Settlement settlement;
    settlement.lease = lease.ref;
    settlement.to = transition->to;
    settlement.uses_attempt = transition->uses_attempt;
    return settlement;
}

/// What one decision looks at, and the ways it can go.
class Decision {
public:
    Decision(const Lease& lease, const AttemptSite& site, const DecideOptions& options)
        : lease_(lease), site_(site), options_(options) {}

    [[nodiscard]] JobError error(FailureKind kind, std::string_view type,
                                 std::string_view message) const {
        JobError error;
        error.kind = kind;
        error.attempt = lease_.attempt;
        error.at = site_.now;
        error.type = base::cut_end(type, max_type_bytes);
        error.message = base::cut_end(message, options_.error_message_bytes);
        error.worker = site_.worker;
        error.host = site_.host;
        return error;
    }

    /// Given back to run again elsewhere, unless that has happened too often. `error` says why,
    /// when it is more than a planned stop.
    [[nodiscard]] Settlement interrupted(std::optional<JobError> cause = {}) const {
        const bool again = lease_.interruptions < options_.max_interruptions;
        auto settlement = settle_as(lease_, again ? JobEvent::release : JobEvent::give_up);
        settlement.uses_attempt = false;
        settlement.counts_interruption = true;
        settlement.error = std::move(cause);
        if (!again) {
            settlement.error =
                error(settlement.error ? settlement.error->kind : FailureKind::error, "interrupted",
                      fmt::format("given back {} times, the most allowed, without coming to an end",
                                  options_.max_interruptions));
        }
        return settlement;
    }

    [[nodiscard]] Settlement failed(JobError error, Duration retry_delay) const {
        const bool again = lease_.attempt < lease_.max_attempts;
        auto settlement = settle_as(lease_, again ? JobEvent::fail : JobEvent::give_up);
        if (again) settlement.delay = std::clamp(retry_delay, Duration::zero(), max_duration);
        settlement.error = std::move(error);
        settlement.target = TargetHealth::bad;
        return settlement;
    }

    [[nodiscard]] Settlement given_up(JobError error) const {
        auto settlement = settle_as(lease_, JobEvent::give_up);
        settlement.error = std::move(error);
        return settlement;
    }

    [[nodiscard]] Settlement cancelled(std::string_view message) const {
        auto settlement = settle_as(lease_, JobEvent::cancel);
        settlement.error = error(FailureKind::cancel, "cancel",
                                 message.empty() ? "cancelled while it ran" : message);
        return settlement;
    }

    /// A handler may name a signal that cannot be.
    [[nodiscard]] Settlement parked(const Outcome& outcome, double random) const {
        try {
            validate_name("signal", outcome.text());
        } catch (const Error& unfit) {
            return failed(error(FailureKind::error, "bad signal", unfit.what()),
                          policy_delay(random));
        }
        auto settlement = settle_as(lease_, JobEvent::snooze);
        settlement.delay = std::clamp(outcome.delay(), Duration::zero(), max_duration);
        settlement.signal = outcome.text();
        return settlement;
    }

    [[nodiscard]] Duration policy_delay(double random) const {
        return lease_.retry.value_or(options_.default_retry).delay(lease_.attempt, random);
    }

    [[nodiscard]] std::string timeout_message(std::string_view handler_message) const {
        std::string message = "ran longer than its timeout";
        if (lease_.timeout) message += " of " + format_duration(*lease_.timeout);
        if (!handler_message.empty()) message.append(": ").append(handler_message);
        return message;
    }

    /// Why `result` cannot be kept; empty: it can.
    [[nodiscard]] std::string result_error(std::string_view result) const {
        if (result.empty()) return {};
        if (result.size() > options_.result_bytes) {
            return fmt::format(
                "the result has {} bytes, more than the {} allowed; return less or "
                "raise Limits::result_bytes",
                result.size(), options_.result_bytes);
        }
        const auto reason = json_error(result);
        return reason.empty() ? reason : "the result is not valid JSON: " + reason;
    }

private:
    const Lease& lease_;
    const AttemptSite& site_;
    const DecideOptions& options_;
};

/// The handler came to an end with a result, which must be fit to be kept.
Settlement decide_done(const Decision& decision, const Lease& lease, Outcome outcome,
                       StopReason stop, double random) {
    const auto unfit = decision.result_error(outcome.text());
    const bool cancelled = stop == StopReason::cancelled;
    if (!unfit.empty() && !cancelled) {
        return decision.failed(decision.error(FailureKind::error, "bad result", unfit),
                               decision.policy_delay(random));
    }
    auto settlement = settle_as(lease, cancelled ? JobEvent::cancel : JobEvent::succeed);
    if (unfit.empty()) settlement.result = std::move(outcome).take_text();
    settlement.target = TargetHealth::good;
    return settlement;
}

/// 0, 1 s, 4 s, 16 s … by the crashes before this one, at most 1 h.
Duration crash_delay(std::uint32_t crashes) {
    static constexpr auto policy =
        RetryPolicy::exponential(std::chrono::seconds{1}, 4.0).max(std::chrono::hours{1});
    return crashes == 0 ? Duration::zero() : policy.delay(crashes);
}

/// The handler came to an end without a result.
Settlement decide_undone(const Decision& decision, const Lease& lease, const Outcome& outcome,
                         StopReason stop, double random) {
    const auto kind = outcome.kind();
    if (stop == StopReason::cancelled) return decision.cancelled(outcome.text());
    if (stop == StopReason::timed_out) {
        return decision.failed(decision.error(FailureKind::timeout, "timeout",
                                              decision.timeout_message(outcome.text())),
                               decision.policy_delay(random));
    }
    if (kind == Outcome::Kind::cancel) {
        return decision.cancelled(outcome.text().empty() ? "cancelled by its handler"
                                                         : outcome.text());
    }
    if (kind == Outcome::Kind::snooze) {
        auto settlement = settle_as(lease, JobEvent::snooze);
        settlement.delay = std::clamp(outcome.delay(), Duration::zero(), max_duration);
        return settlement;
    }
    if (kind == Outcome::Kind::wait_signal) return decision.parked(outcome, random);
    auto error = decision.error(FailureKind::error, outcome.error_type(), outcome.text());
    if (kind == Outcome::Kind::discard) return decision.given_up(std::move(error));
    if (stop == StopReason::interrupted) return decision.interrupted();
    const bool own_delay = kind == Outcome::Kind::retry_in || kind == Outcome::Kind::slow_down;
    return decision.failed(std::move(error),
                           own_delay ? outcome.delay() : decision.policy_delay(random));
}

}  // namespace

Settlement decide(const Lease& lease, Outcome outcome, StopReason stop, double random,
                  const AttemptSite& site, const DecideOptions& options) {
    const Decision decision{lease, site, options};
    if (outcome.kind() == Outcome::Kind::done) {
        return decide_done(decision, lease, std::move(outcome), stop, random);
    }
    auto settlement = decide_undone(decision, lease, outcome, stop, random);
    // The other side wants its rest whatever becomes of the job.
    if (outcome.kind() == Outcome::Kind::slow_down) {
        settlement.slow_down = std::clamp(outcome.delay(), Duration::zero(), max_duration);
    }
    return settlement;
}

Settlement decide_release(const Lease& lease) {
    return settle_as(lease, JobEvent::release);
}

bool is_expired(const Lease& lease, Timestamp now) noexcept {
    return lease.expires_at && now >= *lease.expires_at;
}

Settlement decide_expired(const Lease& lease, const AttemptSite& site,
                          const DecideOptions& options) {
    assert(is_expired(lease, site.now));
    const Decision decision{lease, site, options};
    const auto message =
        fmt::format("expired at {}, {} before its turn came", format_timestamp(*lease.expires_at),
                    rough_duration(site.now - *lease.expires_at));
    auto settlement = settle_as(lease, JobEvent::expire);
    settlement.error = decision.error(FailureKind::error, expired_type, message);
    return settlement;
}

bool is_expiry(const Settlement& settlement) noexcept {
    return settlement.to == JobState::discarded && !settlement.uses_attempt && settlement.error &&
           settlement.error->type == expired_type;
}

Settlement decide_interrupted(const Lease& lease, const AttemptSite& site,
                              const DecideOptions& options) {
    return Decision{lease, site, options}.interrupted();
}

Settlement decide_crash(const TakenLease& taken, const AttemptSite& site,
                        const DecideOptions& options) {
    const auto& lease = taken.lease;
    const Decision decision{lease, site, options};
    const auto fate =
        fmt::format("worker {} {}", site.worker,
                    taken.worker_died ? "died" : "was silent until its lease ran out");
    const auto crash_error = [&](const std::string& message) {
        return decision.error(FailureKind::crash, "crash", message);
    };
    switch (taken.mark) {
        case RunMark::claimed:
            return decide_release(lease);
        case RunMark::finished:
            return decision.interrupted(
                crash_error(fate + " after the handler returned, before that was stored"));
        case RunMark::unknown:
            if (taken.worker_died) {
                return decision.interrupted(
                    crash_error(fate + " with its machine; the job is not blamed for it"));
            }
            break;
        case RunMark::started:
            break;
    }
    const bool budget_left = lease.crashes + 1 < options.crash_budget;
    auto settlement = settle_as(lease, budget_left ? JobEvent::crash : JobEvent::crash_out);
    settlement.counts_crash = true;
    settlement.target = TargetHealth::bad;
    if (budget_left) settlement.delay = crash_delay(lease.crashes);
    const auto message = fate + " while running it";
    settlement.error = crash_error(
        budget_left ? message
                    : fmt::format("crash budget of {} used up: {}", options.crash_budget, message));
    return settlement;
}

}  // namespace errand::core
