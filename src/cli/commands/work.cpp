#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/config_webhooks.hpp"
#include "cli/worker_setup.hpp"
#include "engine/engine_options.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

ExitCode work(const WorkerFlags& flags, CommandContext& context) {
    const WorkerOptions options = worker_options(flags, context.config());
    const auto store = context.create_store();
    Client client{store, context.config().limits};
    apply(context.config().settings, client);
    declare_schedules(context.config().schedules, *store, options.log);
    declare_webhooks(context.config().declared_webhooks, *store);
    Worker worker{store, options};
    const auto types = register_handlers(worker, context.config());
    run_worker(worker, *store, options, flags.drain, [&] {
        fmt::print(stderr, "errand work: {} on {}, queues {}, types {}\n", worker.name(),
                   store->url(), engine::describe_queues(options), fmt::join(types, " "));
    });
    const WorkerActivity done = worker.activity();
    fmt::print(stderr,
               "errand work: stopped; {} completed, {} failed, {} discarded, {} expired, "
               "{} cancelled\n",
               done.completed, done.failed, done.discarded, done.expired, done.cancelled);
    return ExitCode::done;
}

}  // namespace

void add_work_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<WorkerFlags>();
    auto& command = context.add_command(
        app,
        {.name = "work",
         .group = group_run,
         .summary = "Perform jobs",
         .details =
             "Performs the types of the configuration file and the built-in errand.noop, "
             "errand.echo "
             "and errand.sleep; jobs of other types are left to other workers. Any number of "
             "workers "
             "may share a store.\n"
             "SIGTERM or SIGINT stops it gracefully: no new jobs, running ones may finish within "
             "--grace, the rest is given back without using an attempt. A second signal ends it at "
             "once; its jobs are rescued by other workers.\n"
             "--drain waits for all jobs of its queues, also for those of types that only other "
             "workers perform and those of paused queues.",
         .examples = {{"work", "Performs the queue default, 8 jobs at once."},
                      {"work --queue mail:4 --queue default:16",
                       "Two queues, threads of their own."},
                      {"work --drain", "For scripts: performs what there is, then ends."}}},
        [flags, &context] { return work(*flags, context); });
    add_worker_options(command, *flags);
}

}  // namespace errand::cli
