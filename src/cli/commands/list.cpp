#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/filter.hpp"
#include "cli/job_view.hpp"
#include "client/job_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

constexpr std::uint32_t page_size = 1'000;

struct ListFlags {
    std::vector<std::string> states;
    JobFilter filter;
    std::uint64_t limit = 50;
    std::string cursor;
};

/// Up to `limit` jobs; the store gives at most 1,000 a page.
JobPage read_jobs(const Client& client, const ListFlags& flags) {
    JobPage all;
    all.next_cursor = flags.cursor;
    do {
        const auto wanted = std::min<std::uint64_t>(flags.limit - all.jobs.size(), page_size);
        JobPage page =
            client.list(flags.filter, static_cast<std::uint32_t>(wanted), all.next_cursor);
        std::move(page.jobs.begin(), page.jobs.end(), std::back_inserter(all.jobs));
        all.next_cursor = std::move(page.next_cursor);
    } while (!all.next_cursor.empty() && all.jobs.size() < flags.limit);
    return all;
}

ExitCode list_jobs(const ListFlags& flags, CommandContext& context) {
    const Client client = context.open_client();
    const JobPage page = read_jobs(client, flags);
    if (context.json()) {
        for (const Job& job : page.jobs)
            fmt::print("{}\n", to_json_text(job));
        return ExitCode::done;
    }
    if (page.jobs.empty()) fmt::print(stderr, "no such jobs\n");
    if (!page.jobs.empty()) job_table(page.jobs, client.store()->now()).print();
    if (!page.next_cursor.empty()) {
        std::fflush(stdout);  // the note belongs below the table
        fmt::print(stderr, "more with --cursor {}\n", page.next_cursor);
    }
    return ExitCode::done;
}

}  // namespace

void add_list_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<ListFlags>();
    auto& command = context.add_command(
        app,
        {.name = "list",
         .group = group_jobs,
         .summary = "List jobs, newest first",
         .details = "All given conditions must hold; --state may be given more than once and means "
                    "any of them. With --json each line is one job with all its fields.",
         .examples = {{"list", "The newest 50 jobs."},
                      {"list --state discarded --type email.send", "The dead letters of one type."},
                      {"list --tag import --json", "For scripts: one job a line."}}},
        [flags, &context] {
            for (const auto& state : flags->states) {
                flags->filter.states.push_back(parse_state(state));
            }
            if (flags->limit == 0) {
                throw Error(ErrorCode::invalid_argument,
                            "--limit: 0 lists nothing; give 1 or more");
            }
            return list_jobs(*flags, context);
        });
    repeatable(command.add_option("--state", flags->states, "Only jobs in this state; repeatable"))
        ->type_name(state_choices());
    command.add_option("--type", flags->filter.type, "Only jobs of this type")->type_name("TYPE");
    command.add_option("--queue", flags->filter.queue, "Only jobs of this queue")
        ->type_name("NAME");
    command.add_option("--tag", flags->filter.tag, "Only jobs with this tag")->type_name("TAG");
    command.add_option("--limit", flags->limit, "At most this many (default: 50)")->type_name("N");
    command.add_option("--cursor", flags->cursor, "Go on where the list before this one ended")
        ->type_name("CURSOR");
}

}  // namespace errand::cli
