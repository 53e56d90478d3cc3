#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/job_view.hpp"
#include "client/job_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct ShowFlags {
    std::string id;
    bool logs = false;
};

/// The job's document, with "logs" as one more member when they are wanted.
std::string document(const Job& job, const std::vector<AttemptLog>& logs, bool with_logs) {
    std::string text = to_json_text(job);
    if (!with_logs) return text;
    std::vector<std::string> parts;
    for (const AttemptLog& log : logs)
        parts.push_back(to_json_text(log));
    text.pop_back();
    return fmt::format("{},\"logs\":[{}]}}", text, fmt::join(parts, ","));
}

ExitCode show_job(const ShowFlags& flags, CommandContext& context) {
    const JobId id = parse_id(flags.id);
    const Client client = context.open_client();
    const auto job = client.find(id);
    if (!job) throw unknown_job(id);
    const auto logs = flags.logs ? client.logs(id) : std::vector<AttemptLog>{};
    if (context.json()) {
        fmt::print("{}\n", document(*job, logs, flags.logs));
    } else {
        fmt::print("{}", job_details(*job, logs, client.store()->now(), shows_colour(stdout)));
        if (flags.logs && logs.empty()) fmt::print(stderr, "no log is kept of this job\n");
    }
    return ExitCode::done;
}

}  // namespace

void add_show_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<ShowFlags>();
    auto& command = context.add_command(
        app,
        {.name = "show",
         .group = group_jobs,
         .summary = "Show all about one job",
         .details = "Its state, times, progress, result and the errors of its attempts. An unknown "
                    "id, or one of a job that was removed, gives exit code 1.",
         .examples = {{"show 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "All about the job."},
                      {"show 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d --logs",
                       "With what its handler logged, per attempt."}}},
        [flags, &context] { return show_job(*flags, context); });
    command.add_option("ID", flags->id, "The job's id")->required();
    command.add_flag("--logs", flags->logs, "Show the logs of its attempts too");
}

}  // namespace errand::cli
