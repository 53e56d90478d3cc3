#include "core/job_text.hpp"

#include "base/text.hpp"
#include "core/job_members.hpp"
#include "core/json_values.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace errand::core {
namespace {

namespace json = boost::json;

std::string list_of(const std::vector<std::string>& texts) {
    json::array list;
    for (const auto& text : texts)
        list.emplace_back(text);
    return json::serialize(list);
}

}  // namespace

void ObjectText::add(std::string_view name, std::string_view json) {
    text_ += fmt::format("{}\"{}\":{}", text_.empty() ? "" : ",", name, json);
}

void ObjectText::add_members_of(std::string_view object) {
    text_ += fmt::format("{}{}", text_.empty() ? "" : ",", object.substr(1, object.size() - 2));
}

std::string ObjectText::text() const {
    return fmt::format("{{{}}}", text_);
}

void add_job_members(ObjectText& object, const NewJob& job) {
    const NewJob usual;
    object.add("type", base::json_string(job.type));
    object.add("args", job.args);
    object.add("queue", base::json_string(job.queue));
    if (!job.meta.empty()) object.add("meta", job.meta);
    if (!job.tags.empty()) object.add("tags", list_of(job.tags));
    if (!job.key.empty()) object.add("key", base::json_string(job.key));
    if (job.weight != usual.weight) object.add("weight", std::to_string(job.weight));
    if (!job.needs.empty()) object.add("needs", list_of(job.needs));
    if (job.priority != usual.priority) object.add("priority", std::to_string(job.priority));
    if (job.max_attempts != usual.max_attempts) {
        object.add("max_attempts", std::to_string(job.max_attempts));
    }
    if (job.retry) object.add("retry", base::json_string(to_string(*job.retry)));
    if (job.timeout) object.add("timeout", base::json_string(format_duration(*job.timeout)));
    if (job.delay != usual.delay)
        object.add("delay", base::json_string(format_duration(job.delay)));
    if (job.run_at) object.add("scheduled_at", base::json_string(format_timestamp(*job.run_at)));
    if (job.expires_at)
        object.add("expires_at", base::json_string(format_timestamp(*job.expires_at)));
}

std::string new_job_text(const NewJob& job) {
    ObjectText object;
    add_job_members(object, job);
    return object.text();
}

NewJob read_new_job(std::string_view text) {
    NewJob job;
    for (const JsonMember& member : json_members(text, "write for example {\"type\":\"mail\"}")) {
        if (!read_job_member(job, member)) refuse_unknown(member.name, job_member_names());
    }
    return job;
}

}  // namespace errand::core
