#include "engine/runner.hpp"

#include "engine/attempt_steps.hpp"
#include "engine/own_thread.hpp"
#include "engine/perform.hpp"

#include <algorithm>
#include <utility>

namespace errand::engine {
namespace {

constexpr double short_job_ns = 50'000;
constexpr std::size_t most_at_once = 64;

}  // namespace

Runner::Runner(QueueLine& line, const RunnerServices& services) : line_(line), services_(services) {
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
    if (!begin_attempt(ticket, services_)) return false;
    auto& execution = *ticket.execution;
    auto outcome = services_.hooks.empty() ? perform(execution.handler().perform, execution)
                                           : perform_in_hooks(execution);
    end_attempt(ticket, std::move(outcome), nullptr, services_);
    return true;
}

Outcome Runner::perform_in_hooks(Execution& execution) {
    const OwnThread own;
    auto failure = services_.hooks.before(execution, after_);
    auto outcome = failure ? std::move(*failure) : perform(execution.handler().perform, execution);
    return services_.hooks.after(std::move(outcome), after_);
}

}  // namespace errand::engine
