#include "cli/jobs_file.hpp"

#include "base/text.hpp"
#include "client/unique_choice.hpp"
#include "core/json_object.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <istream>
#include <limits>
#include <utility>

namespace errand::cli {
namespace {

namespace json = boost::json;
using core::JsonMember;

[[noreturn]] void refuse(std::string_view member, std::string_view expected) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: must be {}", member, expected));
}

json::value parsed(const JsonMember& member) {
    json::parse_options options;
    options.max_depth = max_json_depth;
    return json::parse({member.value.data(), member.value.size()}, {}, options);
}

std::string text_of(const JsonMember& member, std::string_view expected = "a text") {
    const auto value = parsed(member);
    if (!value.is_string()) refuse(member.name, expected);
    return std::string{value.as_string()};
}

template <class Integer>
Integer integer_of(const JsonMember& member) {
    const auto value = parsed(member);
    json::error_code error;
    const auto number = value.to_number<Integer>(error);
    if (error) {
        refuse(member.name,
               fmt::format("a whole number from {} to {}", std::numeric_limits<Integer>::min(),
                           std::numeric_limits<Integer>::max()));
    }
    return number;
}

std::vector<std::string> texts_of(const JsonMember& member) {
    const auto value = parsed(member);
    if (!value.is_array()) refuse(member.name, "a list of texts");
    std::vector<std::string> texts;
    for (const auto& item : value.as_array()) {
        if (!item.is_string()) refuse(member.name, "a list of texts");
        texts.emplace_back(item.as_string());
    }
    return texts;
}

JobId id_of(const JsonMember& member) {
    const auto id = JobId::parse(text_of(member, "a UUID"));
    if (!id) refuse(member.name, "a UUID of 36 characters");
    return *id;
}

void set_type(NewJob& job, const JsonMember& member) {
    job.type = text_of(member);
}
void set_args(NewJob& job, const JsonMember& member) {
    job.args = std::string{member.value};
}
void set_queue(NewJob& job, const JsonMember& member) {
    job.queue = text_of(member);
}
void set_meta(NewJob& job, const JsonMember& member) {
    job.meta = std::string{member.value};
}
void set_tags(NewJob& job, const JsonMember& member) {
    job.tags = texts_of(member);
}
void set_id(NewJob& job, const JsonMember& member) {
    job.id = id_of(member);
}
void set_unique(NewJob& job, const JsonMember& member) {
    job.unique_key = text_of(member);
}
void set_key(NewJob& job, const JsonMember& member) {
    job.key = text_of(member);
}
void set_weight(NewJob& job, const JsonMember& member) {
    job.weight = integer_of<std::uint32_t>(member);
}
void set_needs(NewJob& job, const JsonMember& member) {
    job.needs = texts_of(member);
}
void set_priority(NewJob& job, const JsonMember& member) {
    job.priority = integer_of<std::int32_t>(member);
}
void set_max_attempts(NewJob& job, const JsonMember& member) {
    job.max_attempts = integer_of<std::uint32_t>(member);
}
void set_retry(NewJob& job, const JsonMember& member) {
    job.retry = RetryPolicy::parse(text_of(member, "a retry policy such as \"fixed(30s)\""));
}
void set_timeout(NewJob& job, const JsonMember& member) {
    job.timeout = parse_duration(text_of(member, "a duration such as \"30s\""));
}
void set_delay(NewJob& job, const JsonMember& member) {
    job.delay = parse_duration(text_of(member, "a duration such as \"5m\""));
}
void set_run_at(NewJob& job, const JsonMember& member) {
    job.run_at = parse_timestamp(text_of(member, "a time such as \"2026-01-31T08:00:00Z\""));
}
void set_expires_at(NewJob& job, const JsonMember& member) {
    job.expires_at = parse_timestamp(text_of(member, "a time such as \"2026-01-31T08:00:00Z\""));
}

struct Field {
    std::string_view name;
    void (*set)(NewJob&, const JsonMember&);
};
constexpr std::array<Field, 17> fields{{
    {"type", set_type},
    {"args", set_args},
    {"queue", set_queue},
    {"meta", set_meta},
    {"tags", set_tags},
    {"id", set_id},
    {"unique_key", set_unique},
    {"key", set_key},
    {"weight", set_weight},
    {"needs", set_needs},
    {"priority", set_priority},
    {"max_attempts", set_max_attempts},
    {"retry", set_retry},
    {"timeout", set_timeout},
    {"delay", set_delay},
    {"scheduled_at", set_run_at},
    {"expires_at", set_expires_at},
}};

/// What a line says besides the fields of NewJob.
struct Extras {
    client::UniqueChoice unique;
    std::optional<Duration> expires_in;
};

void set_unique_by(Extras& extras, const JsonMember& member) {
    extras.unique.by = texts_of(member);
}
void set_unique_for(Extras& extras, const JsonMember& member) {
    parse_unique_for(text_of(member, "\"unfinished\", \"waiting\" or a duration such as \"10m\""),
                     extras.unique.policy);
}
void set_on_conflict(Extras& extras, const JsonMember& member) {
    extras.unique.policy.on_conflict =
        parse_on_conflict(text_of(member, "a rule such as \"replace\""));
}
void set_debounce(Extras& extras, const JsonMember& member) {
    extras.unique.debounce = parse_duration(text_of(member, "a duration such as \"5s\""));
}
void set_throttle(Extras& extras, const JsonMember& member) {
    extras.unique.throttle = parse_duration(text_of(member, "a duration such as \"10m\""));
}
void set_expires_in(Extras& extras, const JsonMember& member) {
    extras.expires_in = parse_duration(text_of(member, "a duration such as \"1h\""));
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

[[noreturn]] void refuse_unknown(const std::string& name) {
    std::vector<std::string_view> names;
    for (const Field& field : fields)
        names.push_back(field.name);
    for (const ExtraField& field : extra_fields)
        names.push_back(field.name);
    const std::string_view near = base::nearest(name, names);
    throw Error(ErrorCode::invalid_argument,
                fmt::format("unknown member {}; {}", base::quote_for_message(name),
                            near.empty() ? fmt::format("known are {}", fmt::join(names, ", "))
                                         : fmt::format("did you mean \"{}\"?", near)));
}

void set_field(NewJob& job, Extras& extras, const JsonMember& member) {
    // null means "not given", as in the JSON that errand prints.
    const bool given = member.value != "null" || member.name == "args";
    if (const auto field = std::ranges::find(fields, member.name, &Field::name);
        field != fields.end()) {
        if (given) field->set(job, member);
        return;
    }
    const auto extra = std::ranges::find(extra_fields, member.name, &ExtraField::name);
    if (extra == extra_fields.end()) refuse_unknown(member.name);
    if (given) extra->set(extras, member);
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
