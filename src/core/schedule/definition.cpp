#include "core/schedule/definition.hpp"

#include "core/json_object.hpp"
#include "core/schedule/tick_job.hpp"
#include "core/schedule/validate.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::core {
namespace {

[[noreturn]] void refuse(std::string_view field, const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{} {}", field, reason));
}

/// What only a single job can have.
void refuse_what_differs_by_job(const NewJob& job) {
    const NewJob none;
    if (!job.id.is_nil()) refuse("id", "is that of one job; each tick gets its own, leave it out");
    if (job.delay != none.delay) {
        refuse("delay", "is not for a schedule, which says when; leave it out");
    }
    if (job.run_at) refuse("scheduled_at", "is not for a schedule, which says when; leave it out");
    if (job.expires_at) {
        refuse("expires_at", "is that of one job; give expires_in, counted from each tick's job");
    }
    if (!job.unique_key.empty() || job.unique != none.unique) {
        refuse("unique_key",
               "is not for a schedule: each tick makes one job anyway, and overlap "
               "says what an unfinished one means; leave it out");
    }
}

void check_key(const ScheduleDefinition& definition) {
    if (definition.spec.overlap != OverlapPolicy::queue) return;
    if (!definition.job.key.empty()) {
        refuse("key",
               "cannot be chosen with overlap \"queue\", which needs it so that jobs take "
               "turns; leave it out or choose another overlap");
    }
    const std::size_t bytes = overlap_key(definition.name).size();
    if (bytes > max_key_bytes) {
        const std::size_t most = max_key_bytes - (bytes - definition.name.size());
        refuse("name", fmt::format("has {} bytes; with overlap \"queue\" use at most {}, as its "
                                   "jobs share a key made of it",
                                   definition.name.size(), most));
    }
}

void check_meta(const ScheduleDefinition& definition, const Limits& limits) {
    if (definition.job.meta.empty()) return;
    for (const JsonMember& member : json_members(definition.job.meta, "write an object")) {
        if (member.name == meta_member) {
            refuse("meta", R"(has the member "errand", in which Errand notes the tick; rename it)");
        }
    }
    // Every tick's job must pass, with what is added to its meta.
    NewJob longest =
        make_tick_job(definition, FireKind::backfill, max_timestamp, JobId{}, min_timestamp);
    validate(longest, limits);
}

void check_expires_in(const std::optional<Duration>& length) {
    if (!length) return;
    if (*length >= std::chrono::milliseconds{1} && *length <= max_duration) return;
    refuse("expires_in", format_duration(*length) + " must lie between 1ms and 36500d");
}

/// In JSON a line can only end between the values, so this changes no value.
void put_on_one_line(std::string& json) {
    std::ranges::replace(json, '\n', ' ');
    std::ranges::replace(json, '\r', ' ');
}

}  // namespace

std::string overlap_key(std::string_view schedule) {
    return fmt::format("schedule:{}", schedule);
}

void validate_schedule_name(std::string_view name) {
    validate_name("name", name);
}

void validate(ScheduleDefinition& definition, const Limits& limits) {
    validate_schedule_name(definition.name);
    validate(definition.spec);
    refuse_what_differs_by_job(definition.job);
    validate(definition.job, limits);
    put_on_one_line(definition.job.args);
    put_on_one_line(definition.job.meta);
    check_key(definition);
    check_expires_in(definition.expires_in);
    check_meta(definition, limits);
}

}  // namespace errand::core
