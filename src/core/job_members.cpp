#include "core/job_members.hpp"

#include "core/json_values.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace errand::core {
namespace {

void set_type(NewJob& job, const JsonMember& member) {
    job.type = text_of(member, "email.send");
}
void set_args(NewJob& job, const JsonMember& member) {
    job.args = std::string{member.value};
}
void set_queue(NewJob& job, const JsonMember& member) {
    job.queue = text_of(member, "mail");
}
void set_meta(NewJob& job, const JsonMember& member) {
    job.meta = std::string{member.value};
}
void set_tags(NewJob& job, const JsonMember& member) {
    job.tags = texts_of(member, "a list of texts");
}
void set_id(NewJob& job, const JsonMember& member) {
    constexpr std::string_view example = "0190a0b0-0000-7000-8000-000000000001";
    const auto id = JobId::parse(text_of(member, example));
    if (!id) throw Error(ErrorCode::invalid_argument, "must be a UUID of 36 characters");
    job.id = *id;
}
void set_unique_key(NewJob& job, const JsonMember& member) {
    job.unique_key = text_of(member, "order-17");
}
void set_key(NewJob& job, const JsonMember& member) {
    job.key = text_of(member, "customer-17");
}
void set_weight(NewJob& job, const JsonMember& member) {
    job.weight = uint32_of(member);
}
void set_needs(NewJob& job, const JsonMember& member) {
    job.needs = texts_of(member, R"(a list of labels such as ["gpu"])");
    // The form in which labels are kept, however they were written.
    std::ranges::sort(job.needs);
    const auto repeated = std::ranges::unique(job.needs);
    job.needs.erase(repeated.begin(), repeated.end());
}
void set_priority(NewJob& job, const JsonMember& member) {
    job.priority = int32_of(member);
}
void set_max_attempts(NewJob& job, const JsonMember& member) {
    job.max_attempts = uint32_of(member);
}
void set_retry(NewJob& job, const JsonMember& member) {
    job.retry = RetryPolicy::parse(text_of(member, "fixed(30s)"));
}
void set_timeout(NewJob& job, const JsonMember& member) {
    job.timeout = duration_of(member, "30s");
}
void set_delay(NewJob& job, const JsonMember& member) {
    job.delay = duration_of(member, "5m");
}
void set_run_at(NewJob& job, const JsonMember& member) {
    job.run_at = time_of(member);
}
void set_expires_at(NewJob& job, const JsonMember& member) {
    job.expires_at = time_of(member);
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
    {"unique_key", set_unique_key},
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

}  // namespace

std::vector<std::string_view> job_member_names() {
    std::vector<std::string_view> names;
    names.reserve(fields.size());
    for (const Field& field : fields)
        names.push_back(field.name);
    return names;
}

bool read_job_member(NewJob& job, const JsonMember& member) {
    const auto field = std::ranges::find(fields, member.name, &Field::name);
    if (field == fields.end()) return false;
    // null means "not given", as in the JSON that errand prints.
    if (member.value == "null" && member.name != "args") return true;
    try {
        field->set(job, member);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{}: {}", member.name, error.what()));
    }
    return true;
}

}  // namespace errand::core
