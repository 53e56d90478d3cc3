#include "core/schedule/tick_job.hpp"

#include "core/json_object.hpp"
#include "core/json_values.hpp"
#include "core/meta_member.hpp"
#include "core/schedule/definition.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace errand::core {
namespace {

bool stands_for_tick(FireKind kind) noexcept {
    return kind == FireKind::tick || kind == FireKind::backfill;
}

/// Names of schedules hold nothing that JSON would have to escape.
std::string origin_text(std::string_view schedule, FireKind kind, Timestamp tick) {
    std::string text = fmt::format(R"({{"schedule":"{}")", schedule);
    if (stands_for_tick(kind)) text += fmt::format(R"(,"tick":"{}")", format_timestamp(tick));
    if (kind == FireKind::rehearsal) text += R"(,"rehearsal":true)";
    return text + '}';
}

TickOrigin read_origin(std::string_view object) {
    TickOrigin origin;
    for (const JsonMember& member : json_members(object, "")) {
        if (member.name == "schedule") origin.schedule = text_of(member, "");
        if (member.name == "tick") origin.tick = time_of(member);
        if (member.name == "rehearsal") origin.rehearsal = bool_of(member);
    }
    // Handlers put it into headers and environments: a forged one must not reach them.
    validate_schedule_name(origin.schedule);
    return origin;
}

}  // namespace

NewJob make_tick_job(const ScheduleDefinition& definition, FireKind kind, Timestamp tick,
                     const JobId& id, Timestamp now) {
    NewJob job = definition.job;
    job.id = id;
    job.meta = with_member(job.meta, meta_member, origin_text(definition.name, kind, tick));
    // Somebody waits to see how it goes.
    if (kind == FireKind::rehearsal) job.max_attempts = 1;
    if (definition.spec.overlap == OverlapPolicy::queue) job.key = overlap_key(definition.name);
    if (definition.expires_in)
        job.expires_at = std::min(now + *definition.expires_in, max_timestamp);
    return job;
}

TickOrigin tick_origin(std::string_view meta) {
    // Most jobs have no such member, and are not worth a parser.
    if (meta.find(meta_member) == std::string_view::npos) return {};
    try {
        for (const JsonMember& member : json_members(meta, "")) {
            if (member.name == meta_member) return read_origin(member.value);
        }
    } catch (const Error&) {
        // Somebody else's: jobs that no schedule made may have any meta.
    }
    return {};
}

}  // namespace errand::core
