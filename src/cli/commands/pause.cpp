#include "cli/command.hpp"
#include "cli/commands.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

ExitCode set_paused(const std::string& queue, bool paused, CommandContext& context) {
    Client client = context.open_client();
    if (paused) {
        client.pause(queue);
    } else {
        client.resume(queue);
    }
    if (context.json()) {
        fmt::print("{{\"queue\":\"{}\",\"paused\":{}}}\n", queue, paused);
    } else {
        fmt::print(stderr, "queue {} is {}\n", queue, paused ? "paused" : "running");
    }
    return ExitCode::done;
}

void add_switch(CLI::App& app, CommandContext& context, const CommandText& text, bool paused) {
    const auto queue = std::make_shared<std::string>();
    auto& command = context.add_command(
        app, text, [queue, paused, &context] { return set_paused(*queue, paused, context); });
    command.add_option("QUEUE", *queue, "The queue's name")->required();
}

}  // namespace

void add_pause_command(CLI::App& app, CommandContext& context) {
    add_switch(
        app, context,
        {.name = "pause",
         .group = group_operate,
         .summary = "Stop taking jobs from a queue",
         .details = "Running jobs go on, and jobs may still be enqueued. A queue may be paused "
                    "before it has jobs; pausing twice is no error.",
         .examples = {{"pause mail", "No job of the queue mail starts until it is resumed."}}},
        true);
}

void add_resume_command(CLI::App& app, CommandContext& context) {
    add_switch(app, context,
               {.name = "resume",
                .group = group_operate,
                .summary = "Take jobs from a paused queue again",
                .details = "",
                .examples = {{"resume mail", "Waiting jobs of the queue mail start at once."}}},
               false);
}

}  // namespace errand::cli
