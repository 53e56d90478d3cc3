#include "engine/attempt_steps.hpp"

#include "base/failpoint.hpp"
#include "engine/store_time.hpp"

#include <optional>
#include <utility>

namespace errand::engine {
namespace {

/// `services.site` with the time of now, for what is recorded with one.
core::AttemptSite site_now(const RunnerServices& services) {
    auto site = services.site;
    site.now = store_time(services.store, services.clock);
    return site;
}

/// The settlement of a job that expired while it waited; none: it is to run.
std::optional<Settlement> expired(const Execution& execution, const RunnerServices& services) {
    const auto& lease = execution.lease();
    if (!lease.expires_at) return {};
    if (!core::is_expired(lease, store_time(services.store, services.clock))) return {};
    return core::decide_expired(lease, site_now(services), execution.handler().decide);
}

/// A failure that no request to stop explains is the crash that it is.
void tell_as_crash(Settlement& settlement, std::string& backtrace) {
    if (!settlement.error || settlement.error->kind != FailureKind::error) return;
    settlement.error->kind = FailureKind::crash;
    settlement.error->backtrace = std::move(backtrace);
}

Settlement decide(Execution& execution, Outcome outcome, std::string* backtrace,
                  const RunnerServices& services) {
    const bool plain = outcome.kind() == Outcome::Kind::done && outcome.text().empty();
    core::AttemptSite site;
    if (!plain) {
        site = site_now(services);
        if (execution.past_deadline(services.clock.now())) {
            execution.request_stop(StopReason::timed_out);
        }
    }
    auto settlement = core::decide(execution.lease(), std::move(outcome), execution.stop_reason(),
                                   services.random.unit(), plain ? services.site : site,
                                   execution.handler().decide);
    if (backtrace) tell_as_crash(settlement, *backtrace);
    execution.attach_log(settlement);
    return settlement;
}

}  // namespace

bool begin_attempt(const Ticket& ticket, const RunnerServices& services) {
    auto& execution = *ticket.execution;
    if (!execution.advance(ticket.generation, Phase::queued, Phase::running)) return false;
    if (auto settlement = expired(execution, services)) {
        if (!execution.advance(ticket.generation, Phase::running, Phase::finished)) return false;
        execution.settlement = std::move(*settlement);
        services.finished.push(execution);
        return false;
    }
    execution.start_deadline();
    base::failpoint("runner.before_mark");
    services.session.mark(execution.slot(), execution.lease().ref, RunMark::started);
    base::failpoint("runner.marked_started");
    return true;
}

void end_attempt(const Ticket& ticket, Outcome outcome, std::string* backtrace,
                 const RunnerServices& services) {
    auto& execution = *ticket.execution;
    base::failpoint("runner.returned");
    // A stop may have settled the job without its handler; then the outcome comes too late.
    if (!execution.advance(ticket.generation, Phase::running, Phase::finished)) return;
    services.session.mark(execution.slot(), execution.lease().ref, RunMark::finished);
    base::failpoint("runner.marked_finished");
    execution.settlement = decide(execution, std::move(outcome), backtrace, services);
    services.finished.push(execution);
}

void give_back(const Ticket& ticket, const RunnerServices& services) {
    auto& execution = *ticket.execution;
    if (!execution.advance(ticket.generation, Phase::queued, Phase::finished)) return;
    execution.settlement = core::decide_release(execution.lease());
    services.finished.push(execution);
}

}  // namespace errand::engine
