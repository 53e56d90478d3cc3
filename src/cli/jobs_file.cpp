#include "cli/jobs_file.hpp"

#include "client/unique_choice.hpp"
#include "core/job_members.hpp"
#include "core/json_object.hpp"
#include "core/json_values.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>
#include <utility>

namespace errand::cli {
namespace {

using core::duration_of;
using core::JsonMember;
using core::text_of;

/// What a line says besides the fields of NewJob.
struct Extras {
    client::UniqueChoice unique;
    std::optional<Duration> expires_in;
};

void set_unique_by(Extras& extras, const JsonMember& member) {
    extras.unique.by = core::texts_of(member, "a list of texts");
}
void set_unique_for(Extras& extras, const JsonMember& member) {
    parse_unique_for(text_of(member, "waiting"), extras.unique.policy);
}
void set_on_conflict(Extras& extras, const JsonMember& member) {
    extras.unique.policy.on_conflict = parse_on_conflict(text_of(member, "replace"));
}
void set_debounce(Extras& extras, const JsonMember& member) {
    extras.unique.debounce = duration_of(member, "5s");
}
void set_throttle(Extras& extras, const JsonMember& member) {
    extras.unique.throttle = duration_of(member, "10m");
}
void set_expires_in(Extras& extras, const JsonMember& member) {
    extras.expires_in = duration_of(member, "1h");
}

struct ExtraField {
    std::string_view name;
    void (*set)(Extras&, const JsonMember&);
};
constexpr std::array<ExtraField, 6> extra_fields{{
    {"unique_by", set_unique_by},
    {"unique_for", set_unique_for},
    {"on_conflict", set_on_conflict},
    {"debounce", set_debounce},
    {"throttle", set_throttle},
    {"expires_in", set_expires_in},
}};

void set_field(NewJob& job, Extras& extras, const JsonMember& member) {
    if (core::read_job_member(job, member)) return;
    const auto extra = std::ranges::find(extra_fields, member.name, &ExtraField::name);
    if (extra == extra_fields.end()) {
        auto known = core::job_member_names();
        for (const ExtraField& field : extra_fields)
            known.push_back(field.name);
        core::refuse_unknown(member.name, known);
    }
    // null means "not given", as in the JSON that errand prints.
    if (member.value != "null") extra->set(extras, member);
}

void check_expires_in(Duration expires_in, const NewJob& job) {
    if (job.expires_at) {
        throw Error(ErrorCode::invalid_argument, "give expires_at or expires_in, not both");
    }
    if (expires_in <= job.delay) {
        throw Error(ErrorCode::invalid_argument,
                    "expires_in: is over before the job may begin; give a longer time");
    }
}

void refuse_above(std::size_t bytes, const Limits& limits) {
    // Everything in a line that may be large is args or meta; escapes cost up to six bytes for one.
    const std::size_t most = 6 * (limits.args_bytes + limits.meta_bytes) + (64U << 10);
    if (bytes <= most) return;
    throw Error(ErrorCode::limit_exceeded,
                fmt::format("the line has {} bytes, at most {} are possible; make args smaller",
                            bytes, most));
}

}  // namespace

JobLine parse_job_line(std::string_view line, const Limits& limits) {
    refuse_above(line.size(), limits);
    constexpr std::string_view remedy =
        R"(write one job per line, for example {"type":"errand.noop"})";
    NewJob job;
    Extras extras;
    for (const JsonMember& member : core::json_members(line, remedy)) {
        try {
            set_field(job, extras, member);
        } catch (const Error& error) {
            const bool named = std::string_view{error.what()}.starts_with(member.name) ||
                               std::string_view{error.what()}.starts_with("unknown member");
            if (named) throw;
            throw Error(error.code(), fmt::format("{}: {}", member.name, error.what()));
        }
    }
    core::validate_type(job.type);
    extras.unique.key = job.unique_key;
    client::apply(extras.unique, job);
    core::validate(job, limits);
    if (extras.expires_in) check_expires_in(*extras.expires_in, job);
    return {std::move(job), extras.expires_in};
}

std::vector<JobLine> parse_jobs(std::istream& input, const std::string& name,
                                const Limits& limits) {
    std::vector<JobLine> jobs;
    std::string line;
    for (std::size_t number = 1; std::getline(input, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        try {
            jobs.push_back(parse_job_line(line, limits));
        } catch (const Error& error) {
            throw Error(error.code(), fmt::format("{}:{}: {}", name, number, error.what()));
        }
        NewJob& job = jobs.back().job;
        if (job.id.is_nil()) job.id = new_job_id();
    }
    if (input.bad()) {
        throw Error(ErrorCode::invalid_argument, name + ": reading failed; check the file's disk");
    }
    return jobs;
}

}  // namespace errand::cli
