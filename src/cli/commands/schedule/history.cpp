#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_view.hpp"
#include "client/schedule_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct HistoryFlags {
    std::string name;
    std::uint32_t limit = 20;
};

ExitCode history(const HistoryFlags& flags, CommandContext& context) {
    if (flags.limit == 0 || flags.limit > Schedules::history_kept) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--limit: {} is out of bounds; write 1 to {}, as many as are kept",
                                flags.limit, Schedules::history_kept));
    }
    const auto store = context.open_store();
    static_cast<void>(required_schedule(*store, flags.name));
    const auto records = store->schedule_history(flags.name, 0, flags.limit);
    if (context.json()) {
        for (const auto& record : records)
            fmt::print("{}\n", to_json_text(record));
    } else if (records.empty()) {
        fmt::print(stderr, "schedule {} has not fired yet\n", flags.name);
    } else {
        history_table(records, *store, store->now()).print();
    }
    return ExitCode::done;
}

}  // namespace

void add_schedule_history_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<HistoryFlags>();
    auto& command = context.add_command(
        group,
        {.name = "history",
         .group = "Commands",
         .summary = "Show what a schedule made and skipped, with the reasons",
         .details =
             "Newest first. KIND: tick, run_now (`errand schedule run`), rehearsal, backfill. A "
             "tick is skipped as excluded (its date is), missed (nobody fired it in time, and the "
             "misfire policy is skip), superseded (nobody fired it in time, and a later one fires "
             "for it), too_late (beyond --catchup) or overlap (the job of an earlier tick was "
             "unfinished). Neighbours that were skipped for one reason are one line. The newest "
             "1000 lines of a schedule are kept.",
         .examples = {{"schedule history nightly", "The last twenty."},
                      {"schedule history nightly --limit 1000 --json", "All, one a line."}}},
        [flags, &context] { return history(*flags, context); });
    command.add_option("NAME", flags->name, "The schedule's name")->required();
    command.add_option("--limit", flags->limit, "At most so many lines, 1 to 1000 (default: 20)")
        ->type_name("N");
}

}  // namespace errand::cli
