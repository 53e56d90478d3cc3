#include "cli/command.hpp"
#include "cli/commands/schedule/subcommands.hpp"
#include "cli/schedule_view.hpp"
#include "cli/scope_argument.hpp"
#include "cli/wait_end.hpp"
#include "client/schedule_fires.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

struct RehearseFlags {
    std::string name, timeout, by;
};

void note_success(Store& store, const RehearseFlags& flags) {
    store.set_schedule_state(flags.name, ScheduleState::rehearsed,
                             flags.by.empty() ? login_name() : flags.by);
    const auto view = required_schedule(store, flags.name);
    if (view.state == ScheduleState::rehearsed) {
        fmt::print(stderr, "schedule {} is rehearsed; arm it with `errand schedule arm {}`\n",
                   flags.name, flags.name);
    } else {
        fmt::print(stderr, "the rehearsal of {} succeeded; it is {}\n", flags.name,
                   to_string(view.state));
    }
}

ExitCode rehearse(const RehearseFlags& flags, CommandContext& context) {
    const Duration timeout = parse_wait_timeout(flags.timeout);
    const Client client = context.open_client();
    const JobId id = client::rehearse_schedule(*client.store(), flags.name);
    fmt::print(stderr, "the rehearsal is job {}; waiting for its end\n", to_string(id));
    const auto job = client.wait(id, timeout);
    if (!job) return report_timeout(id, timeout);
    const auto code = report_end(*job, context.json());
    if (code == ExitCode::done) note_success(*client.store(), flags);
    return code;
}

}  // namespace

void add_schedule_rehearse_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<RehearseFlags>();
    auto& command = context.add_command(
        group,
        {.name = "rehearse",
         .group = "Commands",
         .summary = "Run a schedule once now, marked as a try-out, and show the outcome",
         .details =
             "Makes one job whose handler can see that it is a rehearsal (job.rehearsal(), "
             "ERRAND_REHEARSAL=1, Errand-Rehearsal: 1) and leave out what cannot be taken back. It "
             "has one attempt. A worker must be there to perform it. Prints the result; exit code "
             "0: it succeeded, which is noted with the schedule; 1: it failed, with the reason on "
             "stderr; 3: --timeout passed first, and the job goes on. When that succeeds later it "
             "is noted too.\n"
             "One that was added with --require-rehearsal can be armed after that, until its "
             "definition changes.",
         .examples = {{"schedule rehearse nightly", "Waits as long as it takes."},
                      {"schedule rehearse nightly --timeout 10m && errand schedule arm nightly",
                       "Arms it when it went well."}}},
        [flags, &context] { return rehearse(*flags, context); });
    command.add_option("NAME", flags->name, "The schedule's name")->required();
    command
        .add_option("--timeout", flags->timeout,
                    "How long to wait, for example 30s (default: ever)")
        ->type_name("DURATION");
    command
        .add_option("--by", flags->by,
                    "Who rehearses it: shown to people (default: the login name)")
        ->type_name("NAME");
}

}  // namespace errand::cli
