#include "handlers/exec_environment.hpp"

#include "core/schedule/tick_job.hpp"
#include "core/trace_context.hpp"

#include <unistd.h>

#include <string_view>

namespace errand::handlers {

Environment base_environment(const Environment& additions) {
    Environment result = additions;
    for (char** entry = ::environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        const auto name = text.substr(0, equals);
        if (equals == std::string_view::npos || name == "TRACEPARENT") continue;
        result.emplace(name, text.substr(equals + 1));
    }
    return result;
}

std::vector<std::string> job_environment(Environment base, const Context& job,
                                         const ExecWaits& waits) {
    const auto deadline = job.deadline();
    base["ERRAND_JOB_ID"] = to_string(job.id());
    base["ERRAND_JOB_TYPE"] = job.type();
    base["ERRAND_ATTEMPT"] = std::to_string(job.attempt());
    base["ERRAND_LEASE_SEQ"] = std::to_string(job.lease_seq());
    base["ERRAND_DEADLINE"] = deadline ? format_timestamp(*deadline) : "";
    const auto origin = core::tick_origin(job.meta());
    base["ERRAND_REHEARSAL"] = origin.rehearsal ? "1" : "0";
    base["ERRAND_SCHEDULE"] = origin.schedule;
    base["ERRAND_TICK"] = origin.tick ? format_timestamp(*origin.tick) : "";
    base["ERRAND_SIGNALS"] = waits.came();
    base["ERRAND_SIGNALS_OVER"] = waits.over();
    if (auto trace = core::traceparent_of(job.meta()); !trace.empty())
        base["TRACEPARENT"] = std::move(trace);

    std::vector<std::string> result;
    result.reserve(base.size());
    for (const auto& [name, value] : base)
        result.push_back(name + '=' + value);
    return result;
}

}  // namespace errand::handlers
