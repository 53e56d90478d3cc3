#include <errand/client.hpp>
#include <errand/standard_hooks.hpp>

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace errand {
namespace {

std::string describe(const Outcome& outcome) {
    switch (outcome.kind()) {
        case Outcome::Kind::done:
            return "done";
        case Outcome::Kind::fail:
            return "failed (" + outcome.error_type() + ")";
        case Outcome::Kind::retry_in:
            return "failed, again in " + format_duration(outcome.delay());
        case Outcome::Kind::slow_down:
            return "asked to slow down for " + format_duration(outcome.delay());
        case Outcome::Kind::snooze:
            return "snoozed for " + format_duration(outcome.delay());
        case Outcome::Kind::wait_signal:
            return fmt::format("waits for the signal '{}', at most {}", outcome.text(),
                               format_duration(outcome.delay()));
        case Outcome::Kind::discard:
            return "discarded";
        case Outcome::Kind::cancel:
            return "cancelled";
    }
    return "ended";
}

bool is_failure(const Outcome& outcome) {
    const auto kind = outcome.kind();
    return kind != Outcome::Kind::done && kind != Outcome::Kind::snooze &&
           kind != Outcome::Kind::wait_signal && kind != Outcome::Kind::cancel;
}

}  // namespace

PerformHook log_attempts(LogSink sink, const Clock& clock) {
    return [sink = std::move(sink), &clock](Context& job) -> AfterPerform {
        auto name = fmt::format("job {} {} attempt {} of {}", to_string(job.id()), job.type(),
                                job.attempt(), job.max_attempts());
        return [&sink, &clock, name = std::move(name), begin = clock.now()](Outcome& outcome) {
            const auto took = clock.now() - begin;
            sink(is_failure(outcome) ? LogLevel::warning : LogLevel::info,
                 fmt::format("{}: {} in {}", name, describe(outcome), format_duration(took)));
        };
    };
}

EnqueueHook log_enqueues(LogSink sink) {
    return [sink = std::move(sink)](NewJob& job) -> AfterEnqueue {
        auto name = fmt::format("job {} {}", to_string(job.id), job.type);
        auto queue = job.queue;
        return [&sink, name = std::move(name), queue = std::move(queue)](const Receipt* receipt) {
            if (!receipt) return sink(LogLevel::warning, name + ": not enqueued");
            if (receipt->kind == InsertResult::Kind::inserted) {
                return sink(LogLevel::info, fmt::format("{}: enqueued in {}", name, queue));
            }
            if (receipt->kind == InsertResult::Kind::already_there) {
                return sink(LogLevel::info, name + ": was enqueued before");
            }
            sink(LogLevel::info,
                 fmt::format("{}: job {} stands for it", name, to_string(receipt->id)));
        };
    };
}

}  // namespace errand
