#include "base/tzif.hpp"
#include "base/zone_name.hpp"
#include "core/cron/series.hpp"
#include "core/schedule/calendar_file.hpp"
#include "core/schedule/due_ticks.hpp"
#include "core/schedule/tick_job.hpp"
#include "core/schedule/upcoming.hpp"
#include "core/validate.hpp"
#include "fuzz/support.hpp"
#include "support/zones.hpp"

#include <errand/cron.hpp>
#include <errand/limits.hpp>
#include <errand/schedule.hpp>
#include <errand/store/schedules.hpp>

#include <memory>

// Schedules: cron expressions, stored specs and definitions, calendars and time zone files. What is
// read is written in a form that reads back the same; ticks go forward, and back over the same
// moments.

namespace errand::fuzz {
namespace {

using namespace std::chrono_literals;

const std::vector<test::ZonePointer>& zones() {
    static const std::vector<test::ZonePointer> all{
        test::utc(), test::berlin(), test::lord_howe(),
        test::zone_of(-10h, {{std::chrono::sys_days{2011y / 12 / 30} + 10h, 14h}}),
        test::zone_of("XYZ3EDT4,0/0,J365/23")};
    return all;
}

/// Some moment of the years that can be printed, which depends on the input.
Timestamp moment_of(std::string_view text) {
    const auto seconds = std::hash<std::string_view>{}(text) % 253'402'300'799;
    return min_timestamp + std::chrono::seconds{seconds};
}

void walk(const core::CronSeries& series, Timestamp from, std::string_view text) {
    auto at = series.next(from);
    check(!at || *at > from, "the next moment lies after", text);
    for (int count = 0; count < 4 && at; ++count) {
        const auto next = series.next(*at);
        if (!next) return;
        check(*next > *at, "moments go forward", text);
        check(series.prev(*next) == at, "back is the way that was come", text);
        static_cast<void>(series.mark(*next));
        at = next;
    }
}

void look_at_cron(std::string_view text) {
    const auto line = parsed_by([&] { return parse_cron_line(text); });
    if (!line) return;
    const auto* expression = std::get_if<CronExpression>(&line->timing);
    if (expression == nullptr) return;
    const auto printed = to_string(*expression);
    check(CronExpression::parse(printed) == *expression, "an expression reads back", printed);
    for (const auto& zone : zones()) {
        for (const auto rule : {DstRule::vixie, DstRule::skip})
            walk({*expression, zone, rule}, moment_of(text), printed);
    }
}

void look_at_ticks(const core::SchedulePlan& plan, Timestamp from, std::string_view text) {
    auto last = Timestamp::min();
    for (const auto& tick : core::upcoming(plan, from, 5)) {
        check(tick.tick >= last && tick.fire_at >= tick.tick, "a preview goes forward", text);
        last = tick.tick;
    }
    const auto later = from + std::chrono::days{3};
    auto due = core::due_ticks(plan, from, later, 20);
    check(due.fire.size() <= 20, "a batch keeps its bound", text);
    for (const auto& [tick, fire_at] : due.fire)
        check(tick > from && fire_at <= later, "what fires is due", text);
    const auto first = due.last_tick;
    due = core::due_ticks(plan, first, later, 20);
    check(due.last_tick >= first, "decisions go forward", text);
}

void look_at_spec(std::string_view text) {
    const auto spec = parsed_by([&] { return parse_schedule_spec(text); });
    if (!spec) return;
    const auto printed = to_json_text(*spec);
    check(parse_schedule_spec(printed) == *spec, "a spec reads back", printed);
    for (const auto& zone : zones())
        look_at_ticks({"fuzz", *spec, zone}, moment_of(text), printed);
}

void look_at_definition(std::string_view text) {
    static_cast<void>(core::tick_origin(text));
    const auto definition = parsed_by([&] { return parse_schedule_definition(text); });
    if (!definition) return;
    const auto printed = to_json_text(*definition);
    check(printed.find('\n') == printed.npos, "a definition is one line", printed);
    check(parse_schedule_definition(printed) == *definition, "a definition reads back", printed);
    const auto tick = moment_of(text);
    auto job = core::make_tick_job(*definition, FireKind::tick, tick, new_job_id(), tick);
    const auto origin = core::tick_origin(job.meta);
    check(origin.schedule == definition->name && origin.tick == tick, "a job knows its tick",
          job.meta);
    core::validate(job, {.args_bytes = std::size_t{1} << 30,
                         .meta_bytes = std::size_t{1} << 30,
                         .tags = 1'000'000,
                         .tag_bytes = 1'000'000});
}

void look_at_calendar(std::string_view text) {
    const auto days = parsed_by([&] { return core::parse_calendar(text, "calendar"); });
    if (!days) return;
    auto after = std::chrono::year_month_day{};
    for (const auto& range : *days) {
        check(range.first > after && range.first <= range.last, "ranges are in order", text);
        after = range.last;
    }
}

void look_at_zone(std::string_view bytes) {
    allow_errors([&] { base::check_zone_name(bytes); });
    const auto rule = parsed_by([&] { return base::ZoneRule::parse(bytes); });
    if (rule) static_cast<void>(rule->period_at(base::zones_begin));
    const auto zone = parsed_by([&] { return base::parse_tzif("Fuzz/Zone", bytes); });
    if (!zone) return;
    auto period = zone->period_at(base::zones_begin);
    for (int count = 0; count < 50 && period.end < base::zones_end; ++count) {
        const auto next = zone->period_at(period.end);
        check(next.begin == period.end && next.begin < next.end, "periods have no hole");
        period = next;
    }
    const auto shared = std::make_shared<const base::TimeZone>(*zone);
    const auto expression = CronExpression::parse("15,45 1-3 * * *");
    walk({expression, shared, DstRule::vixie}, moment_of(bytes), "a zone of its own");
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = errand::fuzz::text_of(data, size);
    errand::fuzz::look_at_cron(text);
    errand::fuzz::look_at_spec(text);
    errand::fuzz::look_at_definition(text);
    errand::fuzz::look_at_calendar(text);
    errand::fuzz::look_at_zone(text);
    return 0;
}
