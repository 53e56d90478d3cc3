#include "engine/runner.hpp"

#include "base/failpoint.hpp"
#include "engine/perform.hpp"
#include "engine/store_time.hpp"

#include <algorithm>
#include <utility>

namespace errand::engine {
namespace {

constexpr double short_job_ns = 50'000;
constexpr std::size_t most_at_once = 64;

}  // namespace

Runner::Runner(QueueLine& line, const RunnerServices& services)
    : line_(line), services_(services), site_(services.site) {
    batch_.reserve(most_at_once);
}

std::size_t Runner::batch_size() const {
    const auto& time = line_.handler_time;
    if (!time.known() || time.nanoseconds() >= short_job_ns) return 1;
    const auto within = time.jobs_within(std::chrono::milliseconds{1});
    return std::clamp(static_cast<std::size_t>(within), std::size_t{1}, most_at_once);
}

NextRun Runner::run_once(Timestamp now) {
    line_.ready.take(batch_, batch_size(), line_.concurrency);
    if (batch_.empty()) return NextRun::on_signal();
    std::size_t ran = 0;
    for (const auto& ticket : batch_)
        ran += run(ticket) ? 1 : 0;
    line_.handler_time.add(services_.clock.now() - now, ran);
    Counters::add(services_.counters.started, ran);
    return NextRun::at_once();
}

bool Runner::run(const Ticket& ticket) {
    auto& execution = *ticket.execution;
    if (!execution.advance(ticket.generation, Phase::queued, Phase::running)) return false;
    if (auto settlement = expired(execution)) {
        if (!execution.advance(ticket.generation, Phase::running, Phase::finished)) return false;
        execution.settlement = std::move(*settlement);
        services_.finished.push(execution);
        return false;
    }
    const auto& ref = execution.lease().ref;
    execution.start_deadline();
    base::failpoint("runner.before_mark");
    services_.session.mark(execution.slot(), ref, RunMark::started);
    base::failpoint("runner.marked_started");
    auto outcome = perform(execution.handler().perform, execution);
    base::failpoint("runner.returned");
    // A stop may have settled the job without its handler; then the outcome comes too late.
    if (!execution.advance(ticket.generation, Phase::running, Phase::finished)) return true;
    services_.session.mark(execution.slot(), ref, RunMark::finished);
    base::failpoint("runner.marked_finished");
    execution.settlement = decide(execution, std::move(outcome));
    services_.finished.push(execution);
    return true;
}

std::optional<Settlement> Runner::expired(const Execution& execution) {
    const auto& lease = execution.lease();
    if (!lease.expires_at) return {};
    site_.now = store_time(services_.store, services_.clock);
    if (!core::is_expired(lease, site_.now)) return {};
    return core::decide_expired(lease, site_, execution.handler().decide);
}

Settlement Runner::decide(Execution& execution, Outcome outcome) {
    const bool plain = outcome.kind() == Outcome::Kind::done && outcome.text().empty();
    if (!plain) {
        site_.now = store_time(services_.store, services_.clock);
        if (execution.past_deadline(services_.clock.now())) {
            execution.request_stop(StopReason::timed_out);
        }
    }
    auto settlement = core::decide(execution.lease(), std::move(outcome), execution.stop_reason(),
                                   services_.random.unit(), site_, execution.handler().decide);
    execution.attach_log(settlement);
    return settlement;
}

}  // namespace errand::engine
