#include "cli/commands.hpp"
#include "cli/control.hpp"

namespace errand::cli {

void add_delete_command(CLI::App& app, CommandContext& context) {
    add_control_command(
        app, context,
        {.text = {.name = "delete",
                  .group = group_jobs,
                  .summary = "Remove jobs with all that was kept of them",
                  .details =
                      "Running jobs are refused: cancel them first. A filter without a state "
                      "means all jobs that are not running. What was removed cannot be brought "
                      "back. Exit code 1 when a job named by its id was refused or unknown.",
                  .examples = {{"delete 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "One job."},
                               {"delete --where state=completed,queue=import --dry-run",
                                "Shows what would be removed."}}},
         .default_states = {JobState::pending, JobState::scheduled, JobState::available,
                            JobState::retryable, JobState::completed, JobState::discarded,
                            JobState::cancelled},
         .apply = [](Store& store, std::span<const JobId> ids) { return store.remove(ids); },
         .done = "deleted",
         .refused = "it is running; cancel it first"});
}

}  // namespace errand::cli
