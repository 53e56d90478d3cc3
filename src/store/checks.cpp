#include "store/checks.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

namespace errand::store {

void check_batch(std::size_t items, const Limits& limits) {
    if (items <= limits.batch) return;
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("{} items in one call: at most {} fit (Limits::batch); split the call",
                            items, limits.batch));
}

void check_page_limit(std::uint32_t limit) {
    if (limit >= 1 && limit <= 1'000) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("limit {} is not possible: ask for 1 to 1000 jobs per page", limit));
}

void check_length(std::string_view field, Duration value) {
    if (value >= Duration::zero() && value <= max_duration) return;
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{} of {} us is not possible: give 0 to 36500 days", field, value.count()));
}

void check_new_jobs(std::span<const NewJob> jobs, const Limits& limits) {
    check_batch(jobs.size(), limits);
    for (const NewJob& job : jobs) {
        if (job.id.is_nil()) {
            throw Error(ErrorCode::invalid_argument,
                        "id of a new job is nil: make one with new_job_id()");
        }
        check_length("delay", job.delay);
    }
}

void check_settlements(std::span<const Settlement> items, const Limits& limits) {
    check_batch(items.size(), limits);
    for (const Settlement& item : items)
        check_length("delay", item.delay);
}

void check_heartbeats(std::span<const Heartbeat> items, const Limits& limits) {
    check_batch(items.size(), limits);
    for (const Heartbeat& item : items) {
        if (item.extend) check_length("extend", *item.extend);
    }
}

}  // namespace errand::store
