#include "cli/commands.hpp"
#include "cli/control.hpp"

namespace errand::cli {

void add_cancel_command(CLI::App& app, CommandContext& context) {
    add_control_command(
        app, context,
        {.text = {.name = "cancel",
                  .group = group_jobs,
                  .summary = "Cancel jobs; running ones are asked to stop",
                  .details =
                      "Waiting jobs are cancelled at once. A running handler is asked to stop, "
                      "and its job is cancelled when it has returned. A filter without a state "
                      "means all jobs that have not ended. Exit code 1 when a job named by its "
                      "id was refused or unknown.",
                  .examples = {{"cancel 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "One job."},
                               {"cancel --where queue=import,tag=nightly",
                                "All unfinished jobs of a queue with a tag."}}},
         .default_states = {JobState::pending, JobState::scheduled, JobState::available,
                            JobState::active, JobState::retryable},
         .apply = [](Store& store, std::span<const JobId> ids) { return store.cancel(ids); },
         .done = "cancelled",
         .refused = "it has ended already"});
}

}  // namespace errand::cli
