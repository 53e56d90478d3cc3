#include "core/workflow_document/ojs_options.hpp"

#include "core/iso_duration.hpp"
#include "core/json_values.hpp"
#include "core/workflow_document/reading.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace errand::core {
namespace {

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason);
}

double number_of(const JsonMember& member) {
    const auto value = boost::json::parse({member.value.data(), member.value.size()});
    boost::system::error_code error;
    const auto number = value.to_number<double>(error);
    if (error) refuse("must be a number");
    return number;
}

/// What a retry object says; defaults are those of the specification.
struct Retry {
    std::optional<std::uint32_t> max_attempts{};
    std::string backoff = "exponential";
    Duration first = std::chrono::seconds{1};
    Duration longest = std::chrono::minutes{5};
    double factor = 2.0;
    bool jitter = true;
    bool has_delays = false;  ///< it says something about the delays
};

constexpr std::array<std::string_view, 8> retry_members{
    "max_attempts", "initial_interval", "max_interval",  "backoff_coefficient",
    "jitter",       "backoff_type",     "on_exhaustion", "non_retryable_errors"};

/// The member is one of retry_members, or backoff_strategy.
void read_retry_member(Retry& retry, const JsonMember& member) {
    const auto& name = member.name;
    if (name == "max_attempts") {
        retry.max_attempts = uint32_of(member);
        return;
    }
    if (name == "on_exhaustion") {  // a discarded job is kept as a dead letter: both mean the same
        const auto text = text_of(member, "dead_letter");
        if (text != "discard" && text != "dead_letter") {
            refuse(base::quote_for_message(text) + " is none of discard, dead_letter");
        }
        return;
    }
    retry.has_delays = true;
    if (name == "initial_interval") {
        retry.first = parse_iso_duration(text_of(member, "PT1S"));
    } else if (name == "max_interval") {
        retry.longest = parse_iso_duration(text_of(member, "PT5M"));
    } else if (name == "backoff_coefficient") {
        retry.factor = number_of(member);
    } else if (name == "jitter") {
        retry.jitter = bool_of(member);
    } else if (name == "backoff_type" || name == "backoff_strategy") {
        retry.backoff = text_of(member, "exponential");
    } else {  // non_retryable_errors
        refuse("is not known here; let the handler discard what no attempt would help");
    }
}

RetryPolicy policy_of(const Retry& retry) {
    auto policy = RetryPolicy::fixed(retry.first);
    if (retry.backoff == "exponential") {
        policy = RetryPolicy::exponential(retry.first, retry.factor);
    } else if (retry.backoff == "linear") {
        policy = RetryPolicy::linear(retry.first);
    } else if (retry.backoff != "constant") {
        refuse(fmt::format("backoff_type: {} is none of exponential, linear, constant",
                           base::quote_for_message(retry.backoff)));
    }
    constexpr double usual_jitter = 0.1;
    return policy.max(retry.longest).jitter(retry.jitter ? usual_jitter : 0.0);
}

void set_retry(NewJob& job, const JsonMember& member) {
    Retry retry;
    for (const JsonMember& part :
         json_members(member.value, R"(write "retry": {"max_attempts": 3})")) {
        if (part.value == "null") continue;
        if (part.name != "backoff_strategy") require_known(part.name, retry_members);
        at_place(part.name, [&] { read_retry_member(retry, part); });
    }
    if (retry.max_attempts) job.max_attempts = *retry.max_attempts;
    if (retry.has_delays) job.retry = policy_of(retry);
}

void set_time(NewJob& job, const JsonMember& member) {
    const auto text = text_of(member, "2026-01-31T08:00:00Z");
    if (text.starts_with('+')) {
        job.delay = parse_iso_duration(std::string_view{text}.substr(1));
    } else {
        job.run_at = parse_timestamp(text);
    }
}

void set_timeout(NewJob& job, const JsonMember& member) {
    const auto milliseconds = uint32_of(member);
    if (milliseconds > 0) job.timeout = std::chrono::milliseconds{milliseconds};
}

struct Option {
    std::string_view name;
    void (*set)(NewJob&, const JsonMember&);
};
constexpr std::array<Option, 11> known_options{{
    {"queue", [](NewJob& job, const JsonMember& m) { job.queue = text_of(m, "default"); }},
    {"priority", [](NewJob& job, const JsonMember& m) { job.priority = int32_of(m); }},
    {"timeout_ms", set_timeout},
    {"scheduled_at", set_time},
    {"delay_until", set_time},
    {"expires_at", [](NewJob& job, const JsonMember& m) { job.expires_at = time_of(m); }},
    {"retry", set_retry},
    {"retry_policy", set_retry},
    {"tags", [](NewJob& job, const JsonMember& m) { job.tags = texts_of(m, "a list of texts"); }},
    {"metadata", [](NewJob& job, const JsonMember& m) { job.meta = std::string{m.value}; }},
    {"meta", [](NewJob& job, const JsonMember& m) { job.meta = std::string{m.value}; }},
}};

struct Foreign {
    std::string_view name;
    std::string_view remedy;
};
constexpr std::array<Foreign, 4> foreign_options{{
    {"unique", "a job of a workflow has no unique key; leave it out, or give the workflow an id"},
    {"rate_limit", "limits are set for a type or queue; leave it out and use errand limits set"},
    {"visibility_timeout", "a worker renews its lease while the handler runs; leave it out"},
    {"visibility_timeout_ms", "a worker renews its lease while the handler runs; leave it out"},
}};

void apply_option(NewJob& job, const JsonMember& member) {
    const auto option = std::ranges::find(known_options, member.name, &Option::name);
    if (option != known_options.end()) {
        return at_place(member.name, [&] { option->set(job, member); });
    }
    const auto foreign = std::ranges::find(foreign_options, member.name, &Foreign::name);
    if (foreign != foreign_options.end()) {
        at_place(member.name, [&] { refuse(std::string{foreign->remedy}); });
    }
    std::vector<std::string_view> names;
    for (const Option& known : known_options)
        names.push_back(known.name);
    refuse_unknown(member.name, names);
}

}  // namespace

void apply_ojs_options(NewJob& job, std::string_view json) {
    for (const JsonMember& member : json_members(json, R"(write "options": {"queue": "media"})")) {
        if (member.value == "null") continue;
        apply_option(job, member);
    }
}

}  // namespace errand::core
