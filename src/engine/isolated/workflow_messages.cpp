#include "engine/isolated/workflow_messages.hpp"

#include "engine/isolated/frames.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

namespace errand::engine {
namespace {

void write_id(FieldWriter& out, const JobId& id) {
    out.text({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}

JobId read_id(FieldReader& in) {
    JobId id;
    const auto bytes = in.text();
    if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
    return id;
}

void write_duration(FieldWriter& out, Duration duration) {
    out.number(static_cast<std::uint64_t>(duration.count()));
}

Duration read_duration(FieldReader& in) {
    return Duration{static_cast<std::int64_t>(in.number())};
}

void write_duration(FieldWriter& out, const std::optional<Duration>& duration) {
    out.number(duration ? 1 : 0);
    if (duration) write_duration(out, *duration);
}

std::optional<Duration> read_optional_duration(FieldReader& in) {
    return in.number() == 0 ? std::nullopt : std::optional{read_duration(in)};
}

void write_time(FieldWriter& out, const std::optional<Timestamp>& time) {
    write_duration(out, time ? std::optional{time->time_since_epoch()} : std::nullopt);
}

std::optional<Timestamp> read_time(FieldReader& in) {
    const auto since = read_optional_duration(in);
    return since ? std::optional{Timestamp{*since}} : std::nullopt;
}

/// `write_item` writes one of them.
template <typename Items, typename WriteItem>
void write_list(FieldWriter& out, const Items& items, const WriteItem& write_item) {
    out.number(items.size());
    for (const auto& item : items)
        write_item(out, item);
}

/// `read_item` reads one of them. A list that claims to be longer than its text ends there.
template <typename ReadItem>
auto read_list(FieldReader& in, const ReadItem& read_item) {
    std::vector<decltype(read_item(in))> items;
    for (auto left = in.number(); left > 0 && !in.damaged(); --left)
        items.push_back(read_item(in));
    return items;
}

template <typename Items, typename WriteItem>
std::string written_list(const Items& items, const WriteItem& write_item) {
    std::string text;
    FieldWriter out{text};
    write_list(out, items, write_item);
    return text;
}

template <typename ReadItem>
auto whole_list(std::string_view text, const ReadItem& read_item) {
    FieldReader in{text};
    auto items = read_list(in, read_item);
    return in.damaged() ? std::nullopt : std::optional{std::move(items)};
}

void write_text(FieldWriter& out, const std::string& text) {
    out.text(text);
}

std::string read_text(FieldReader& in) {
    return std::string{in.text()};
}

void write_dependency(FieldWriter& out, const Dependency& dependency) {
    out.text(dependency.parent).text(to_string(dependency.on_failure));
}

Dependency read_dependency(FieldReader& in) {
    Dependency dependency;
    dependency.parent = in.text();
    // Another text comes from a process that is out of its mind: then nothing follows a failure.
    dependency.on_failure = parse_on_failure(in.text()).value_or(OnFailure::fail);
    return dependency;
}

void write_new_job(FieldWriter& out, const NewJob& job) {
    write_id(out, job.id);
    out.text(job.type).text(job.args).text(job.queue).text(job.meta);
    write_list(out, job.tags, write_text);
    out.number(static_cast<std::uint32_t>(job.priority)).number(job.max_attempts);
    out.text(job.retry ? to_string(*job.retry) : "");
    write_duration(out, job.timeout);
    out.text(job.unique_key).text(job.key).number(job.weight);
    write_list(out, job.needs, write_text);
    write_time(out, job.expires_at);
    write_duration(out, job.delay);
    write_time(out, job.run_at);
}

NewJob read_new_job(FieldReader& in) {
    NewJob job;
    job.id = read_id(in);
    job.type = in.text();
    job.args = in.text();
    job.queue = in.text();
    job.meta = in.text();
    job.tags = read_list(in, read_text);
    job.priority = static_cast<std::int32_t>(in.number());
    job.max_attempts = static_cast<std::uint32_t>(in.number());
    if (const auto retry = in.text(); !retry.empty()) job.retry = RetryPolicy::parse(retry);
    job.timeout = read_optional_duration(in);
    job.unique_key = in.text();
    job.key = in.text();
    job.weight = static_cast<std::uint32_t>(in.number());
    job.needs = read_list(in, read_text);
    job.expires_at = read_time(in);
    job.delay = read_duration(in);
    job.run_at = read_time(in);
    return job;
}

}  // namespace

std::string write_place(const WorkflowPlace& place) {
    std::string text;
    FieldWriter out{text};
    write_id(out, place.workflow);
    out.text(place.name);
    return text;
}

std::optional<WorkflowPlace> read_place(std::string_view text) {
    FieldReader in{text};
    WorkflowPlace place;
    place.workflow = read_id(in);
    place.name = in.text();
    return in.damaged() ? std::nullopt : std::optional{std::move(place)};
}

std::string write_parent_results(std::span<const ParentResult> results) {
    return written_list(results, [](FieldWriter& out, const ParentResult& result) {
        out.text(result.name);
        write_id(out, result.id);
        out.number(static_cast<std::uint64_t>(result.state)).text(result.result);
    });
}

std::optional<std::vector<ParentResult>> read_parent_results(std::string_view text) {
    return whole_list(text, [](FieldReader& in) {
        ParentResult result;
        result.name = in.text();
        result.id = read_id(in);
        result.state = static_cast<JobState>(in.number());
        result.result = in.text();
        return result;
    });
}

std::string write_workflow_jobs(std::span<const WorkflowJob> jobs) {
    return written_list(jobs, [](FieldWriter& out, const WorkflowJob& job) {
        out.text(job.name);
        write_new_job(out, job.job);
        write_list(out, job.after, write_dependency);
    });
}

std::optional<std::vector<WorkflowJob>> read_workflow_jobs(std::string_view text) {
    return whole_list(text, [](FieldReader& in) {
        WorkflowJob job;
        job.name = in.text();
        job.job = read_new_job(in);
        job.after = read_list(in, read_dependency);
        return job;
    });
}

std::string write_add_results(std::span<const AddResult> results) {
    return written_list(results, [](FieldWriter& out, AddResult result) {
        out.number(static_cast<std::uint64_t>(result));
    });
}

std::optional<std::vector<AddResult>> read_add_results(std::string_view text) {
    return whole_list(text, [](FieldReader& in) { return static_cast<AddResult>(in.number()); });
}

}  // namespace errand::engine
