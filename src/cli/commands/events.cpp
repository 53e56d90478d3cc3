#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/event_filter_flags.hpp"
#include "cli/event_line.hpp"
#include "cli/terminal.hpp"
#include "core/event_filter.hpp"
#include "engine/signals.hpp"

#include <errand/cloud_event.hpp>
#include <errand/event_stream.hpp>

#include <fmt/format.h>

#include <unistd.h>
#include <csignal>

namespace errand::cli {
namespace {

struct EventsFlags {
    EventFilterFlags filter;
    bool follow = false;
};

/// As JSON from that `source`.
void show(const Event& event, std::optional<std::string_view> source) {
    fmt::print("{}\n",
               source ? to_cloud_event(event, *source) : event_line(event, shows_colour(stdout)));
    std::fflush(stdout);
}

void show_missed(std::uint64_t events) {
    if (events == 0) {
        fmt::print(stderr, "errand: this process was silent for long; events were missed\n");
    } else {
        fmt::print(stderr, "errand: {} events were missed\n", events);
    }
}

ExitCode show_events(const EventsFlags& flags, CommandContext& context) {
    auto filter = event_filter(flags.filter);
    if (!flags.follow && !filter.job) {
        throw Error(ErrorCode::invalid_argument,
                    "events are told from now on: say --follow to see all that come, or --job ID "
                    "to see those of a job until it has ended");
    }
    const Client client = context.open_client();
    std::optional<std::string_view> source;
    if (context.json()) source = context.config().worker.event_source;
    const bool to_the_end = !flags.follow;
    if (to_the_end && !client.find(*filter.job)) throw unknown_job(*filter.job);
    // The end of the job is waited for, whether it is to be shown or not.
    const auto shown = filter;
    if (to_the_end) filter.kinds.clear();
    const engine::StopSignals signals;
    {
        const auto stream =
            client.subscribe(filter,
                             [&](const Event& event) {
                                 if (core::matches(shown, event)) show(event, source);
                                 if (to_the_end && core::tells_the_end(event.kind))
                                     ::kill(::getpid(), SIGTERM);
                             },
                             {.missed = show_missed, .failed = [](std::string_view what) {
                                  fmt::print(stderr, "errand: {}\n", one_line(what));
                              }});
        signals.wait();
    }
    return ExitCode::done;
}

}  // namespace

void add_events_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<EventsFlags>();
    auto& command = context.add_command(
        app,
        {.name = "events",
         .group = group_jobs,
         .summary = "Show what happens, as it happens",
         .details =
             "A line per event; with --json each is a CloudEvents 1.0 object. With --job its "
             "present state comes first, and without --follow the command ends with the job. "
             "Otherwise it goes on until SIGINT or SIGTERM.\n"
             "Kinds are job.enqueued, job.started, job.progress, job.retrying, job.snoozed, "
             "job.completed, job.discarded, job.cancelled, job.rescued, job.retried, "
             "workflow.started, workflow.ended, schedule.fired, schedule.changed, queue.paused, "
             "queue.resumed, worker.joined, worker.left and worker.died.\n"
             "Nobody waits for a slow reader: when more than 100,000 events have gathered, stderr "
             "says how many were missed.",
         .examples = {{"events --follow", "Everything."},
                      {"events --follow --kind job.discarded --json", "For a script that alerts."},
                      {"events --job \"$(errand enqueue report.build)\"",
                       "The story of one job, to its end."}}},
        [flags, &context] { return show_events(*flags, context); });
    command.add_flag("--follow", flags->follow, "Go on until a signal");
    add_filter_options(command, flags->filter);
}

}  // namespace errand::cli
