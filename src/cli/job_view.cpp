#include "cli/job_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace errand::cli {
namespace {

std::string due_text(Timestamp due, Timestamp now) {
    return due <= now ? std::string{"due now"} : "due in " + human_age(due - now);
}

std::string signal_text(const Job& job, Timestamp now) {
    const auto left = std::max(job.scheduled_at - now, Duration::zero());
    return fmt::format("waits for the signal \"{}\" until {} (in {})", job.awaits_signal,
                       format_timestamp(job.scheduled_at), human_age(left));
}

std::string error_text(const JobError& error) {
    return error.type.empty() ? error.message : fmt::format("{}: {}", error.type, error.message);
}

std::string progress_text(const Progress& progress) {
    std::string text = progress.total > 0 ? fmt::format("{}/{}", progress.current, progress.total)
                                          : std::to_string(progress.current);
    return progress.message.empty() ? text : text + " " + progress.message;
}

/// Collects "field  value" lines.
class Fields {
public:
    void add(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        fmt::format_to(std::back_inserter(text_), "{:<13} {}\n", name, one_line(value));
    }
    void add(std::string_view name, const std::optional<Timestamp>& at, Timestamp now) {
        if (!at) return;
        const std::string relative =
            *at <= now ? human_age(now - *at) + " ago" : "in " + human_age(*at - now);
        add(name, fmt::format("{} ({})", format_timestamp(*at), relative));
    }
    /// Lines of their own under a heading, indented.
    void add_block(const std::string& heading, std::string_view lines) {
        text_ += heading + "\n";
        std::string block = safe_lines(lines);
        while (!block.empty() && block.back() == '\n')
            block.pop_back();
        for (std::size_t at = 0; at <= block.size();) {
            const std::size_t end = std::min(block.find('\n', at), block.size());
            text_ += "  " + block.substr(at, end - at) + "\n";
            at = end + 1;
        }
    }
    /// `text` must be safe to show.
    void add_painted(std::string_view name, std::string_view text) {
        fmt::format_to(std::back_inserter(text_), "{:<13} {}\n", name, text);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void add_error(Fields& fields, const JobError& error, Timestamp now) {
    const std::string heading =
        fmt::format("error of attempt {} ({}, {} ago, on {})", error.attempt, to_string(error.kind),
                    human_age(now - error.at), one_line(error.worker));
    fields.add_block(heading, error_text(error));
    if (!error.log_tail.empty()) fields.add_block("  last lines logged", error.log_tail);
    if (!error.backtrace.empty()) fields.add_block("  backtrace", error.backtrace);
}

std::string hold_text(const UniquePolicy& policy) {
    switch (policy.hold) {
        case UniqueFor::unfinished:
            return "until it ends";
        case UniqueFor::waiting:
            return "until it begins";
        case UniqueFor::period:
            return "for " + format_duration(policy.period);
    }
    return {};
}

void add_settings(Fields& fields, const Job& job) {
    if (job.priority != 0) fields.add("priority", std::to_string(job.priority));
    if (job.retry) fields.add("retry", to_string(*job.retry));
    if (job.timeout) fields.add("timeout", format_duration(*job.timeout));
    if (!job.unique_key.empty()) {
        fields.add("unique key", fmt::format("{} ({})", job.unique_key, hold_text(job.unique)));
    }
    if (job.suppressed > 0) fields.add("suppressed", fmt::format("{} enqueues", job.suppressed));
    if (!job.key.empty()) fields.add("key", job.key + (job.blocked ? " (waits for its turn)" : ""));
    if (job.weight != 1) fields.add("weight", std::to_string(job.weight));
    fields.add("needs", fmt::format("{}", fmt::join(job.needs, ", ")));
    fields.add("tags", fmt::format("{}", fmt::join(job.tags, ", ")));
    fields.add("meta", job.meta);
}

void add_times(Fields& fields, const Job& job, Timestamp now) {
    fields.add("created", job.created_at, now);
    if (job.scheduled_at != job.created_at) fields.add("due", job.scheduled_at, now);
    fields.add("expires", job.expires_at, now);
    fields.add("started", job.started_at, now);
    fields.add("finished", job.finished_at, now);
}

}  // namespace

std::string job_info(const Job& job, Timestamp now) {
    switch (job.state) {
        case JobState::active:
            if (job.cancel_requested) return "asked to stop";
            return job.progress ? progress_text(*job.progress) : "on " + job.worker;
        case JobState::scheduled:
            return job.awaits_signal.empty() ? due_text(job.scheduled_at, now)
                                             : signal_text(job, now);
        case JobState::retryable:
            return due_text(job.scheduled_at, now) +
                   (job.errors.empty() ? "" : "; " + error_text(job.errors.back()));
        case JobState::discarded:
        case JobState::cancelled:
            return job.errors.empty() ? std::string{} : error_text(job.errors.back());
        case JobState::completed:
            return job.result;
        case JobState::available:
            return job.blocked ? "waits for its key " + job.key : std::string{};
        case JobState::pending:
            return "waits for other jobs of its workflow";
    }
    return {};
}

Table job_table(const std::vector<Job>& jobs, Timestamp now) {
    Table table{{{"ID"}, {"STATE"}, {"TYPE"}, {"QUEUE"}, {"TRY", true}, {"AGE", true}, {"INFO"}}};
    for (const Job& job : jobs) {
        table.add_row({to_string(job.id),
                       {std::string{to_string(job.state)}, colour_of(job.state)},
                       job.type,
                       job.queue,
                       fmt::format("{}/{}", job.attempt, job.max_attempts),
                       human_age(now - job.created_at),
                       shortened(job_info(job, now), 200)});
    }
    return table;
}

std::string job_details(const Job& job, const std::vector<AttemptLog>& logs, Timestamp now,
                        bool colour) {
    Fields fields;
    fields.add("id", to_string(job.id));
    fields.add_painted("state", painted(to_string(job.state), colour_of(job.state), colour) +
                                    (job.cancel_requested ? " (asked to stop)" : ""));
    fields.add("type", job.type);
    fields.add("queue", job.queue);
    fields.add("args", job.args);
    if (job.workflow) {
        fields.add("workflow",
                   fmt::format("{}, as {}", to_string(*job.workflow), job.workflow_job));
    }
    fields.add("attempt", fmt::format("{} of {}", job.attempt, job.max_attempts));
    if (job.crashes > 0) fields.add("crashes", std::to_string(job.crashes));
    if (job.interruptions > 0) fields.add("interruptions", std::to_string(job.interruptions));
    if (!job.awaits_signal.empty()) fields.add("waiting", signal_text(job, now));
    add_settings(fields, job);
    add_times(fields, job, now);
    fields.add("worker", job.worker);
    if (job.progress) fields.add("progress", progress_text(*job.progress));
    fields.add("result", job.result);
    for (const JobError& error : job.errors)
        add_error(fields, error, now);
    for (const AttemptLog& log : logs) {
        fields.add_block(fmt::format("log of attempt {}", log.attempt), log.text);
    }
    return fields.take();
}

std::string end_reason(const Job& job) {
    const std::string state{to_string(job.state)};
    return job.errors.empty() ? state : state + ": " + error_text(job.errors.back());
}

}  // namespace errand::cli
