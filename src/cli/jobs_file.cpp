#include "cli/jobs_file.hpp"

#include "base/text.hpp"
#include "core/json_object.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <array>
#include <istream>
#include <limits>

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
constexpr std::array<Field, 16> fields{{
    {"type", set_type},
    {"args", set_args},
    {"queue", set_queue},
    {"meta", set_meta},
    {"tags", set_tags},
    {"id", set_id},
    {"unique_key", set_unique},
    {"key", set_key},
    {"weight", set_weight},
    {"priority", set_priority},
    {"max_attempts", set_max_attempts},
    {"retry", set_retry},
    {"timeout", set_timeout},
    {"delay", set_delay},
    {"scheduled_at", set_run_at},
    {"expires_at", set_expires_at},
}};

void set_field(NewJob& job, const JsonMember& member) {
    std::vector<std::string_view> names;
    for (const Field& field : fields) {
        if (member.name == field.name) {
            // null means "not given", as in the JSON that errand prints.
            if (member.value != "null" || member.name == "args") field.set(job, member);
            return;
        }
        names.push_back(field.name);
    }
    const std::string_view near = base::nearest(member.name, names);
    throw Error(ErrorCode::invalid_argument,
                fmt::format("unknown member {}; {}", base::quote_for_message(member.name),
                            near.empty() ? fmt::format("known are {}", fmt::join(names, ", "))
                                         : fmt::format("did you mean \"{}\"?", near)));
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

NewJob parse_job_line(std::string_view line, const Limits& limits) {
    refuse_above(line.size(), limits);
    constexpr std::string_view remedy =
        R"(write one job per line, for example {"type":"errand.noop"})";
    NewJob job;
    for (const JsonMember& member : core::json_members(line, remedy)) {
        try {
            set_field(job, member);
        } catch (const Error& error) {
            const bool named = std::string_view{error.what()}.starts_with(member.name) ||
                               std::string_view{error.what()}.starts_with("unknown member");
            if (named) throw;
            throw Error(error.code(), fmt::format("{}: {}", member.name, error.what()));
        }
    }
    core::validate(job, limits);
    return job;
}

std::vector<NewJob> parse_jobs(std::istream& input, const std::string& name, const Limits& limits) {
    std::vector<NewJob> jobs;
    std::string line;
    for (std::size_t number = 1; std::getline(input, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        try {
            jobs.push_back(parse_job_line(line, limits));
        } catch (const Error& error) {
            throw Error(error.code(), fmt::format("{}:{}: {}", name, number, error.what()));
        }
        if (jobs.back().id.is_nil()) jobs.back().id = new_job_id();
    }
    if (input.bad()) {
        throw Error(ErrorCode::invalid_argument, name + ": reading failed; check the file's disk");
    }
    return jobs;
}

}  // namespace errand::cli
