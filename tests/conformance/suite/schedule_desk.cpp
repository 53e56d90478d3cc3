#include "conformance/suite/schedule_desk.hpp"

#include <array>
#include <ostream>
#include <stdexcept>

namespace errand::test {

namespace {

/// As a scheduler makes it.
NewJob job_of(const ScheduleDefinition& definition, Timestamp now) {
    NewJob job = definition.job;
    job.id = new_job_id();
    job.meta = R"({"errand":{"schedule":")" + definition.name + R"("}})";
    if (definition.spec.overlap == OverlapPolicy::queue) job.key = "schedule:" + definition.name;
    if (definition.expires_in) job.expires_at = now + *definition.expires_in;
    return job;
}

}  // namespace

ScheduleDefinition ScheduleDesk::every_minute(std::string_view name) {
    ScheduleDefinition definition{std::string{name}, {.timing = Interval{1min}}, {}, {}, false};
    definition.job.type = "t";
    return definition;
}

ScheduleDefinition ScheduleDesk::to_rehearse() {
    ScheduleDefinition definition = every_minute();
    definition.require_rehearsal = true;
    return definition;
}

void ScheduleDesk::put(const ScheduleDefinition& definition, ScheduleChange expected) {
    EXPECT_EQ(store_.put_schedule(definition, "ada"), expected);
}

void ScheduleDesk::set(ScheduleState state, std::string_view name) {
    store_.set_schedule_state(name, state, "bob");
}

void ScheduleDesk::add_armed(const ScheduleDefinition& definition) {
    put(definition);
    set(ScheduleState::armed, definition.name);
}

ScheduleView ScheduleDesk::view(std::string_view name) {
    auto found = store_.find_schedule(name);
    if (!found) throw std::logic_error("no schedule " + std::string{name});
    return std::move(*found);
}

std::vector<std::string> ScheduleDesk::names_after(std::uint64_t version, std::uint32_t max) {
    std::vector<std::string> names;
    for (const ScheduleView& view : store_.schedules_after(version, max))
        names.push_back(view.definition.name);
    return names;
}

std::vector<FireRecord> ScheduleDesk::history(std::string_view name) {
    return store_.schedule_history(name, 0, 1'000);
}

FireRequest ScheduleDesk::request(FireKind kind, const std::vector<Timestamp>& ticks,
                                  std::string_view name) {
    const ScheduleView seen = view(name);
    FireRequest request;
    request.schedule = name;
    request.revision = seen.revision;
    request.kind = kind;
    request.after = seen.last_tick;
    request.last_tick = store_.now();
    request.overlap = seen.definition.spec.overlap;
    for (const Timestamp tick : ticks)
        request.ticks.push_back({tick, job_of(seen.definition, store_.now())});
    return request;
}

JobId ScheduleDesk::fire_now(FireKind kind, std::string_view name) {
    const FireResult result = fire(request(kind, {store_.now()}, name));
    EXPECT_EQ(result.kind, FireResult::Kind::recorded);
    return result.jobs.at(0);
}

std::vector<JobId> ScheduleDesk::next_tick(std::string_view name) {
    clock_.advance(1min);
    const FireResult result = fire(request(FireKind::tick, {store_.now()}, name));
    EXPECT_EQ(result.kind, FireResult::Kind::recorded);
    return result.jobs;
}

}  // namespace errand::test

namespace errand {

void PrintTo(ScheduleState state, std::ostream* out) {
    *out << to_string(state);
}

void PrintTo(ScheduleChange change, std::ostream* out) {
    constexpr std::array names{"created", "changed", "unchanged"};
    *out << names.at(static_cast<std::size_t>(change));
}

void PrintTo(FireResult::Kind kind, std::ostream* out) {
    constexpr std::array names{"recorded", "stale", "unarmed", "gone"};
    *out << names.at(static_cast<std::size_t>(kind));
}

}  // namespace errand
