#include "core/schedule/spec_json.hpp"

#include "base/text.hpp"
#include "core/json_values.hpp"
#include "core/schedule/dates.hpp"
#include "core/schedule/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>
#include <utility>

namespace errand {
namespace {

namespace json = boost::json;
using core::duration_of;
using core::JsonMember;
using core::text_of;
using core::time_of;

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

/// A document on its way to a spec, which cannot be without a timing.
struct Draft {
    std::optional<ScheduleTiming> timing;
    std::string zone_in_cron;
    bool names_zone = false;
    ScheduleSpec rest{.timing = OneTime{}};
};

void set_timing(Draft& draft, const ScheduleTiming& timing) {
    if (draft.timing) refuse("is the second of cron, every and at; keep one of them");
    draft.timing = timing;
}

void set_cron(Draft& draft, const JsonMember& member) {
    auto line = parse_cron_line(text_of(member, "30 2 * * *"));
    draft.zone_in_cron = std::move(line.timezone);
    if (const auto* length = std::get_if<Duration>(&line.timing)) {
        set_timing(draft, Interval{*length});
    } else {
        set_timing(draft, std::get<CronExpression>(line.timing));
    }
}
void set_every(Draft& draft, const JsonMember& member) {
    set_timing(draft, Interval{duration_of(member, "15m")});
}
void set_at(Draft& draft, const JsonMember& member) {
    set_timing(draft, OneTime{time_of(member)});
}
void set_timezone(Draft& draft, const JsonMember& member) {
    draft.rest.timezone = text_of(member, "Europe/Berlin");
    draft.names_zone = true;
}
void set_dst(Draft& draft, const JsonMember& member) {
    draft.rest.dst = parse_dst_rule(text_of(member, "vixie"));
}
void set_start(Draft& draft, const JsonMember& member) {
    draft.rest.start = time_of(member);
}
void set_end(Draft& draft, const JsonMember& member) {
    draft.rest.end = time_of(member);
}
void set_exclusions(Draft& draft, const JsonMember& member) {
    constexpr auto expected = R"(a list of dates such as ["2026-12-24/2026-12-26"])";
    for (const auto& text : core::texts_of(member, expected))
        draft.rest.exclusions.push_back(core::parse_date_range(text));
}
void set_jitter(Draft& draft, const JsonMember& member) {
    draft.rest.jitter = duration_of(member, "15m");
}
void set_misfire(Draft& draft, const JsonMember& member) {
    draft.rest.misfire = parse_misfire_policy(text_of(member, "latest"));
}
void set_misfire_after(Draft& draft, const JsonMember& member) {
    draft.rest.misfire_after = duration_of(member, "15m");
}
void set_catchup_window(Draft& draft, const JsonMember& member) {
    draft.rest.catchup_window = duration_of(member, "15m");
}
void set_overlap(Draft& draft, const JsonMember& member) {
    draft.rest.overlap = parse_overlap_policy(text_of(member, "allow"));
}

struct Field {
    std::string_view name;
    void (*set)(Draft&, const JsonMember&);
};
constexpr std::array<Field, 13> fields{{
    {"cron", set_cron},
    {"every", set_every},
    {"at", set_at},
    {"timezone", set_timezone},
    {"dst", set_dst},
    {"start", set_start},
    {"end", set_end},
    {"exclusions", set_exclusions},
    {"jitter", set_jitter},
    {"misfire", set_misfire},
    {"misfire_after", set_misfire_after},
    {"catchup_window", set_catchup_window},
    {"overlap", set_overlap},
}};

void set_field(Draft& draft, const JsonMember& member) {
    for (const Field& field : fields) {
        if (member.name != field.name) continue;
        if (member.value == "null") return;  // not given
        try {
            return field.set(draft, member);
        } catch (const Error& error) {
            throw Error(error.code(), fmt::format("{}: {}", field.name, error.what()));
        }
    }
    core::refuse_unknown(member.name, core::spec_member_names());
}

/// The zone may stand in the expression or beside it, and in both when it is the same.
void settle_zone(Draft& draft) {
    if (draft.zone_in_cron.empty()) return;
    if (draft.names_zone && draft.rest.timezone != draft.zone_in_cron) {
        refuse(fmt::format("timezone: {} is not the {} of the cron expression; keep one of them",
                           base::quote_for_message(draft.rest.timezone),
                           base::quote_for_message(draft.zone_in_cron)));
    }
    draft.rest.timezone = draft.zone_in_cron;
}

void add_timing(json::object& document, const ScheduleTiming& timing) {
    if (const auto* cron = std::get_if<CronExpression>(&timing)) {
        document["cron"] = to_string(*cron);
    } else if (const auto* interval = std::get_if<Interval>(&timing)) {
        document["every"] = format_duration(interval->length);
    } else {
        document["at"] = format_timestamp(std::get<OneTime>(timing).at);
    }
}

json::array texts_of(const std::vector<DateRange>& ranges) {
    json::array texts;
    for (const auto& range : ranges)
        texts.emplace_back(core::to_string(range));
    return texts;
}

json::string text(std::string_view value) {
    return json::string(json::string_view{value.data(), value.size()});
}

}  // namespace

std::string to_json_text(const ScheduleSpec& spec) {
    json::object document;
    add_timing(document, spec.timing);
    document["timezone"] = spec.timezone;
    document["dst"] = text(to_string(spec.dst));
    if (spec.start) document["start"] = format_timestamp(*spec.start);
    if (spec.end) document["end"] = format_timestamp(*spec.end);
    if (!spec.exclusions.empty()) document["exclusions"] = texts_of(spec.exclusions);
    if (spec.jitter != Duration::zero()) document["jitter"] = format_duration(spec.jitter);
    document["misfire"] = text(to_string(spec.misfire));
    document["misfire_after"] = format_duration(spec.misfire_after);
    document["catchup_window"] = format_duration(spec.catchup_window);
    document["overlap"] = text(to_string(spec.overlap));
    return json::serialize(document);
}

ScheduleSpec parse_schedule_spec(std::string_view text) {
    constexpr std::string_view remedy = R"(write for example {"cron":"30 2 * * *"})";
    try {
        return core::spec_of(core::json_members(text, remedy));
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("schedule: {}", error.what()));
    }
}

}  // namespace errand

namespace errand::core {

std::vector<std::string_view> spec_member_names() {
    std::vector<std::string_view> names;
    names.reserve(fields.size());
    for (const Field& field : fields)
        names.push_back(field.name);
    return names;
}

ScheduleSpec spec_of(std::span<const JsonMember> members) {
    Draft draft;
    for (const JsonMember& member : members)
        set_field(draft, member);
    if (!draft.timing) refuse("there is none of cron, every and at; give one");
    settle_zone(draft);
    draft.rest.timing = *draft.timing;
    validate(draft.rest);
    return std::move(draft.rest);
}

}  // namespace errand::core
