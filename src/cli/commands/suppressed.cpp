#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "client/job_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

ExitCode list_suppressed(std::uint32_t limit, CommandContext& context) {
    const Client client = context.open_client();
    const auto views = client.suppressed(limit);
    if (context.json()) {
        for (const auto& view : views)
            fmt::print("{}\n", to_json_text(view));
        return ExitCode::done;
    }
    if (views.empty()) {
        fmt::print(stderr, "no enqueue was suppressed for a job that is kept\n");
        return ExitCode::done;
    }
    const auto now = client.store()->now();
    Table table{{{"UNIQUE KEY"}, {"JOB"}, {"STATE"}, {"SUPPRESSED", true}, {"LAST", true}}};
    for (const auto& view : views) {
        const auto job = client.find(view.job);
        table.add_row({one_line(view.unique_key), to_string(view.job),
                       job ? Table::Cell{std::string{to_string(job->state)}, colour_of(job->state)}
                           : Table::Cell{"removed"},
                       grouped(view.count), human_age(now - view.last_at) + " ago"});
    }
    table.print();
    return ExitCode::done;
}

}  // namespace

void add_suppressed_command(CLI::App& app, CommandContext& context) {
    const auto limit = std::make_shared<std::uint32_t>(50);
    auto& command = context.add_command(
        app,
        {.name = "suppressed",
         .group = group_operate,
         .summary = "Show the jobs whose unique key kept others out",
         .details =
             "An enqueue whose unique key another job holds adds nothing. Each is counted with the "
             "job that held the key, also when it changed that job; those with the newest stand "
             "first. The count goes with the job; `errand stats` counts all there ever were.",
         .examples = {{"suppressed", "A table."},
                      {"suppressed --json", "One job a line, with the key, count and time."}}},
        [limit, &context] { return list_suppressed(*limit, context); });
    command.add_option("--limit", *limit, "Most jobs shown, 1 to 1000 (default: 50)")
        ->type_name("N");
}

}  // namespace errand::cli
