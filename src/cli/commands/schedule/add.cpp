#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/meta_argument.hpp"
#include "cli/schedule_arming.hpp"
#include "cli/schedule_flags.hpp"
#include "cli/schedule_view.hpp"
#include "cli/scope_argument.hpp"
#include "client/schedule_json.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct AddFlags {
    std::string name, by;
    ScheduleWords words;
    std::vector<std::string> meta;
    bool arm = false;
};

std::string_view word_of(ScheduleChange change) {
    switch (change) {
        case ScheduleChange::created:
            return "created";
        case ScheduleChange::changed:
            return "changed";
        case ScheduleChange::unchanged:
            break;
    }
    return "unchanged";
}

/// What has to be done before it makes jobs.
std::string next_step(const ScheduleView& view) {
    const auto& name = view.definition.name;
    switch (view.state) {
        case ScheduleState::armed:
            return "it is armed";
        case ScheduleState::paused:
            return fmt::format("it is paused; `errand schedule arm {}` lets it go on", name);
        case ScheduleState::rehearsed:
            break;
        case ScheduleState::draft:
            if (!view.definition.require_rehearsal) break;
            return fmt::format(
                "a draft; try it with `errand schedule rehearse {}`, then `errand "
                "schedule arm {}`",
                name, name);
    }
    return fmt::format("a draft, which makes nothing; `errand schedule arm {}` arms it", name);
}

ExitCode add(AddFlags flags, CommandContext& context) {
    flags.words.meta = meta_object(flags.meta);
    const auto definition = schedule_of(flags.name, flags.words);
    check_time_zone(definition);
    const auto by = flags.by.empty() ? login_name() : flags.by;
    const auto store = context.create_store();
    const auto change = store->put_schedule(definition, by);
    if (flags.arm) arm_schedule(*store, required_schedule(*store, flags.name), by);
    const auto view = required_schedule(*store, flags.name);
    if (context.json()) {
        fmt::print("{}\n", to_json_text(view));
    } else {
        fmt::print(stderr, "schedule {}: {}; {}\n", flags.name, word_of(change), next_step(view));
    }
    return ExitCode::done;
}

void add_job_options(CLI::App& command, AddFlags& flags) {
    auto& words = flags.words;
    command.add_option("--type", words.type, "The type of its jobs")->type_name("TYPE")->required();
    command.add_option("--args", words.args, "Their arguments, a JSON array (default: [])")
        ->type_name("JSON");
    command.add_option("--queue", words.queue, "Their queue (default: default)")->type_name("NAME");
    command.add_option("--priority", words.priority, "Higher runs first (default: 0)")
        ->type_name("N");
    command.add_option("--max-attempts", words.max_attempts, "Tries in all (default: 20)")
        ->type_name("N");
    command
        .add_option("--retry", words.retry,
                    "Delays between tries, for example \"fixed(30s)\" (default: the handler's)")
        ->type_name("POLICY");
    command
        .add_option("--timeout", words.timeout,
                    "Longest run of one attempt (default: the handler's)")
        ->type_name("DURATION");
    command.add_option("--key", words.key, "Jobs of the queue with this key take turns")
        ->type_name("KEY");
    command
        .add_option("--expires-in", words.expires_in,
                    "A job that has not begun this long after its making is discarded")
        ->type_name("DURATION");
    repeatable(command.add_option("--tag", words.tags, "A word to find its jobs by; repeatable"))
        ->type_name("TAG");
    repeatable(command.add_option("--meta", flags.meta, "A note for hooks and people; repeatable"))
        ->type_name("KEY=VALUE");
}

void add_policy_options(CLI::App& command, ScheduleWords& words) {
    command
        .add_option("--misfire", words.misfire,
                    "What becomes of ticks that passed while nobody could fire them (default: "
                    "latest)")
        ->type_name("skip|latest|all");
    command
        .add_option("--misfire-after", words.misfire_after,
                    "How late a tick may fire before it counts as missed (default: 1m)")
        ->type_name("DURATION");
    command
        .add_option("--catchup", words.catchup, "What is later than this never fires (default: 1w)")
        ->type_name("DURATION");
    command
        .add_option("--overlap", words.overlap,
                    "What a tick does while the job of an earlier one is unfinished (default: "
                    "allow)")
        ->type_name("allow|skip|queue|cancel_previous");
    command.add_flag("--require-rehearsal", words.require_rehearsal,
                     "It cannot be armed before a rehearsal of its present definition succeeded");
}

}  // namespace

void add_schedule_add_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<AddFlags>();
    auto& command = context.add_command(
        group,
        {.name = "add",
         .group = "Commands",
         .summary = "Declare a schedule, or change one",
         .details =
             "A new schedule is a draft and makes no jobs: look at `errand schedule preview NAME`, "
             "try it with `errand schedule rehearse NAME`, and arm it; --arm arms it at once. When "
             "the name is known, its definition becomes the one given here, whole: what is left "
             "out has its default. A changed schedule stays armed or paused, except that one with "
             "--require-rehearsal becomes a draft again, and so does a rehearsed one. Ticks that "
             "have been dealt with stay so.\n"
             "Any worker on the store fires it; each tick makes one job, however many workers "
             "there are.",
         .examples =
             {{"schedule add nightly --cron '30 2 * * *' --timezone Europe/Berlin --type "
               "report.build --arm",
               "Every night at half past two, as the clocks of Berlin show it."},
              {"schedule add cleanup --every 15m --type sessions.expire --overlap skip --arm",
               "At 00, 15, 30 and 45, but not while the last one still runs."},
              {"schedule add launch --at 2027-01-31T08:00:00Z --type mail.launch "
               "--require-rehearsal",
               "Once; it must have been rehearsed before it can be armed."}}},
        [flags, &context] { return add(*flags, context); });
    command.add_option("NAME", flags->name, "The schedule's name")->required();
    add_timing_options(command, flags->words.timing);
    add_policy_options(command, flags->words);
    add_job_options(command, *flags);
    command.add_flag("--arm", flags->arm, "Arm it at once");
    command
        .add_option("--by", flags->by, "Who declares it: shown to people (default: the login name)")
        ->type_name("NAME");
}

}  // namespace errand::cli
