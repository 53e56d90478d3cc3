#include <errand/schedule.hpp>
#include <errand/store/schedules.hpp>

#include "core/named_values.hpp"

namespace errand {
namespace {

constexpr core::NamedValues<MisfirePolicy, 3> misfire_policies{"misfire",
                                                               {{{"skip", MisfirePolicy::skip},
                                                                 {"latest", MisfirePolicy::latest},
                                                                 {"all", MisfirePolicy::all}}}};

constexpr core::NamedValues<OverlapPolicy, 4> overlap_policies{
    "overlap",
    {{{"allow", OverlapPolicy::allow},
      {"skip", OverlapPolicy::skip},
      {"queue", OverlapPolicy::queue},
      {"cancel_previous", OverlapPolicy::cancel_previous}}}};

constexpr core::NamedValues<SkipReason, 5> skip_reasons{"reason",
                                                        {{{"excluded", SkipReason::excluded},
                                                          {"missed", SkipReason::missed},
                                                          {"superseded", SkipReason::superseded},
                                                          {"too_late", SkipReason::too_late},
                                                          {"overlap", SkipReason::overlap}}}};

constexpr core::NamedValues<TickMark, 6> tick_marks{"mark",
                                                    {{{"none", TickMark::none},
                                                      {"moved", TickMark::moved},
                                                      {"first_of_two", TickMark::first_of_two},
                                                      {"second_of_two", TickMark::second_of_two},
                                                      {"left_out", TickMark::left_out},
                                                      {"excluded", TickMark::excluded}}}};

constexpr core::NamedValues<ScheduleState, 4> schedule_states{
    "state",
    {{{"draft", ScheduleState::draft},
      {"rehearsed", ScheduleState::rehearsed},
      {"armed", ScheduleState::armed},
      {"paused", ScheduleState::paused}}}};

constexpr core::NamedValues<FireKind, 4> fire_kinds{"kind",
                                                    {{{"tick", FireKind::tick},
                                                      {"run_now", FireKind::run_now},
                                                      {"rehearsal", FireKind::rehearsal},
                                                      {"backfill", FireKind::backfill}}}};

}  // namespace

std::string_view to_string(MisfirePolicy policy) noexcept {
    return misfire_policies.name_of(policy);
}
std::string_view to_string(OverlapPolicy policy) noexcept {
    return overlap_policies.name_of(policy);
}
std::string_view to_string(SkipReason reason) noexcept {
    return skip_reasons.name_of(reason);
}
std::string_view to_string(TickMark mark) noexcept {
    return tick_marks.name_of(mark);
}
std::string_view to_string(ScheduleState state) noexcept {
    return schedule_states.name_of(state);
}
std::string_view to_string(FireKind kind) noexcept {
    return fire_kinds.name_of(kind);
}

MisfirePolicy parse_misfire_policy(std::string_view text) {
    return misfire_policies.value_of(text);
}
OverlapPolicy parse_overlap_policy(std::string_view text) {
    return overlap_policies.value_of(text);
}

}  // namespace errand
