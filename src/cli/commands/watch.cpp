#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/job_view.hpp"
#include "cli/wait_end.hpp"
#include "client/job_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::cli {
namespace {

/// How often a job that has not ended is looked at; its end is seen at once.
constexpr Duration look_period = std::chrono::milliseconds{200};

struct WatchFlags {
    std::string id;
    std::string timeout;
};

/// Shows a job's changes: a bar on a terminal, a line each elsewhere.
class Watcher {
public:
    explicit Watcher(bool json) : json_(json) {}

    void show(const Job& job, Timestamp now) {
        if (json_) return show_line(to_json_text(job));
        const std::string info = job_info(job, now);
        if (!is_terminal(stderr)) {
            // "due in 5s" changes all the time without a change of the job.
            const bool waits = job.state == JobState::scheduled || job.state == JobState::retryable;
            if (waits && job.state == last_state_ && job.attempt == last_attempt_) return;
            last_state_ = job.state;
            last_attempt_ = job.attempt;
            return show_line(one_line(fmt::format("{} {}", to_string(job.state), info)));
        }
        const Progress progress = job.progress.value_or(Progress{});
        const bool running = job.state == JobState::active;
        bar_.update(running ? progress.current : 0, running ? progress.total : 0,
                    fmt::format("{} {}", to_string(job.state),
                                running && job.progress ? progress.message : info));
    }
    void finish() { bar_.finish(); }

private:
    void show_line(std::string line) {
        if (line == last_line_) return;
        std::FILE* stream = json_ ? stdout : stderr;
        fmt::print(stream, "{}\n", line);
        std::fflush(stream);
        last_line_ = std::move(line);
    }

    bool json_;
    ProgressBar bar_{"job"};
    std::string last_line_;
    std::optional<JobState> last_state_;
    std::uint32_t last_attempt_ = 0;
};

ExitCode watch_job(const WatchFlags& flags, CommandContext& context) {
    const JobId id = parse_id(flags.id);
    const Duration timeout = parse_wait_timeout(flags.timeout);
    const Client client = context.open_client();
    const auto started = std::chrono::steady_clock::now();
    Watcher watcher{context.json()};
    while (true) {
        const auto passed =
            std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);
        if (passed >= timeout) break;
        const auto now = client.store()->now();
        const auto job = client.find(id);
        if (!job) throw unknown_job(id);
        const bool ended = is_end(job->state);
        // With --json the end is the last line and stands there once.
        if (!ended || !context.json()) watcher.show(*job, now);
        if (ended) {
            watcher.finish();
            return report_end(*job, context.json());
        }
        // Returns early when the job ends; then it is shown like any other change.
        (void)client.wait(id, std::min(look_period, timeout - passed));
    }
    watcher.finish();
    return report_timeout(id, timeout);
}

}  // namespace

void add_watch_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<WatchFlags>();
    auto& command = context.add_command(
        app,
        {.name = "watch",
         .group = group_jobs,
         .summary = "Watch a job until it has ended",
         .details =
             "A progress bar on a terminal, elsewhere a line on stderr per change; with --json "
             "each change is the whole job as one line. Ends as `errand wait` does, with the "
             "same exit codes.",
         .examples = {{"watch 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d",
                       "State and progress until the end, then the result."},
                      {"watch 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d --timeout 1m",
                       "Looks for a minute at most."}}},
        [flags, &context] { return watch_job(*flags, context); });
    command.add_option("ID", flags->id, "The job's id")->required();
    command.add_option("--timeout", flags->timeout, "How long to watch (default: to the end)")
        ->type_name("DURATION");
}

}  // namespace errand::cli
