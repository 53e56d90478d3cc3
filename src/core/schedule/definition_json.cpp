#include "base/text.hpp"
#include "core/job_members.hpp"
#include "core/job_text.hpp"
#include "core/json_values.hpp"
#include "core/schedule/definition.hpp"
#include "core/schedule/spec_json.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

namespace errand {
namespace {

using core::JsonMember;

// --- reading ---

struct Field {
    std::string_view name;
    void (*set)(ScheduleDefinition&, const JsonMember&);
};

void set_name(ScheduleDefinition& definition, const JsonMember& member) {
    definition.name = core::text_of(member, "nightly-report");
}
void set_expires_in(ScheduleDefinition& definition, const JsonMember& member) {
    definition.expires_in = core::duration_of(member, "1h");
}
void set_require_rehearsal(ScheduleDefinition& definition, const JsonMember& member) {
    definition.require_rehearsal = core::bool_of(member);
}

constexpr std::array<Field, 3> own_fields{{
    {"name", set_name},
    {"expires_in", set_expires_in},
    {"require_rehearsal", set_require_rehearsal},
}};

bool read_own_member(ScheduleDefinition& definition, const JsonMember& member) {
    const auto* const field = std::ranges::find(own_fields, member.name, &Field::name);
    if (field == own_fields.end()) return false;
    if (member.value == "null") return true;  // not given
    try {
        field->set(definition, member);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", member.name, error.what()));
    }
    return true;
}

/// Those that a schedule's job cannot have are left to the check, which says what to do instead.
std::vector<std::string_view> known_names() {
    auto names = core::spec_member_names();
    std::ranges::transform(own_fields, std::back_inserter(names), &Field::name);
    std::ranges::copy(core::job_member_names(), std::back_inserter(names));
    return names;
}

ScheduleDefinition read_definition(std::string_view text) {
    constexpr std::string_view remedy =
        R"(write for example {"name":"nightly","cron":"30 2 * * *","type":"report.build"})";
    const auto spec_names = core::spec_member_names();
    ScheduleDefinition definition{.name = {}, .spec = {.timing = OneTime{}}, .job = {}};
    std::vector<JsonMember> of_spec;
    for (JsonMember& member : core::json_members(text, remedy)) {
        if (std::ranges::find(spec_names, member.name) != spec_names.end()) {
            of_spec.push_back(std::move(member));
        } else if (!read_own_member(definition, member) &&
                   !core::read_job_member(definition.job, member)) {
            core::refuse_unknown(member.name, known_names());
        }
    }
    definition.spec = core::spec_of(of_spec);
    return definition;
}

}  // namespace

std::string to_json_text(const ScheduleDefinition& definition) {
    core::ObjectText object;
    object.add("name", base::json_string(definition.name));
    object.add_members_of(to_json_text(definition.spec));
    core::add_job_members(object, definition.job);
    if (definition.expires_in) {
        object.add("expires_in", base::json_string(format_duration(*definition.expires_in)));
    }
    if (definition.require_rehearsal) object.add("require_rehearsal", "true");
    std::string text = object.text();
    // Only args and meta can bring line ends in, between their values.
    std::ranges::replace(text, '\n', ' ');
    std::ranges::replace(text, '\r', ' ');
    return text;
}

ScheduleDefinition parse_schedule_definition(std::string_view text) {
    // How large its job may be is the store's to say.
    constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
    constexpr Limits no_limits{.args_bytes = any, .meta_bytes = any, .tags = any, .tag_bytes = any};
    try {
        auto definition = read_definition(text);
        core::validate(definition, no_limits);
        return definition;
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("schedule: {}", error.what()));
    }
}

}  // namespace errand
