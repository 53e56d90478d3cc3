#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "client/control_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

void print_reasons(const std::vector<ExplainReason>& reasons, const std::string& indent) {
    for (const auto& reason : reasons) {
        fmt::print("{}{:<17} {}\n", indent, to_string(reason.code), one_line(reason.text));
        print_reasons(reason.because, indent + "  ");
    }
}

ExitCode explain(const std::string& text, CommandContext& context) {
    const JobId id = parse_id(text);
    const Client client = context.open_client();
    const Explanation explanation = client.explain(id);
    if (context.json()) {
        fmt::print("{}\n", to_json_text(explanation));
        return ExitCode::done;
    }
    fmt::print("{}\n", painted(to_string(explanation.state), colour_of(explanation.state),
                               shows_colour(stdout)));
    print_reasons(explanation.reasons, "  ");
    return ExitCode::done;
}

}  // namespace

void add_explain_command(CLI::App& app, CommandContext& context) {
    const auto id = std::make_shared<std::string>();
    auto& command = context.add_command(
        app,
        {.name = "explain",
         .group = group_jobs,
         .summary = "Tell why a job is not running, with the values of now",
         .details =
             "Prints the job's state and below it everything that holds the job, what comes first "
             "in its way to a handler first: a due time or a retry, pauses with who and since "
             "when, the job that holds its key and why that has not ended, limits with the jobs "
             "that use them up or the time at which a rate opens, workers that are missing or "
             "busy, other jobs of its queue, and when it expires. Of a job that runs or has ended "
             "it tells who runs it or how it ended. The first word of a line is the reason's code, "
             "as in the JSON; each is described in docs/guide/explain.md.\n"
             "Exit code 1: no job has the id.",
         .examples = {{"explain 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "The reasons, one a line."},
                      {"explain 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d --json",
                       "One document with codes, scopes, times and ids for scripts."}}},
        [id, &context] { return explain(*id, context); });
    command.add_option("ID", *id, "The job's id")->required();
}

}  // namespace errand::cli
