#include "cli/commands.hpp"
#include "cli/control.hpp"

namespace errand::cli {

void add_retry_command(CLI::App& app, CommandContext& context) {
    add_control_command(
        app, context,
        {.text = {.name = "retry",
                  .group = group_jobs,
                  .summary = "Make jobs run again, or run now",
                  .details =
                      "Ended jobs become available and their attempts start again; jobs that "
                      "wait for their time become available now. A filter without a state "
                      "means discarded, cancelled and retryable jobs. Exit code 1 when a job "
                      "named by its id was refused or unknown.",
                  .examples = {{"retry 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "One job."},
                               {"retry --where state=discarded,type=email.send --dry-run",
                                "Shows which dead letters would run again."},
                               {"retry --where state=discarded,type=email.send",
                                "Runs them again."}}},
         .default_states = {JobState::discarded, JobState::cancelled, JobState::retryable},
         .apply = [](Store& store, std::span<const JobId> ids) { return store.retry(ids); },
         .done = "available again",
         .refused = "it is waiting or running already, or another job holds its unique key"});
}

}  // namespace errand::cli
