#include "cli/enqueue_file.hpp"

#include "base/text.hpp"
#include "cli/config.hpp"
#include "cli/jobs_file.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <utility>

namespace errand::cli {
namespace {

constexpr std::size_t jobs_per_step = 1'000;

struct Summary {
    std::size_t inserted = 0, already_there = 0, duplicate = 0, replaced = 0;

    void count(InsertResult::Kind kind) {
        if (kind == InsertResult::Kind::inserted) ++inserted;
        if (kind == InsertResult::Kind::already_there) ++already_there;
        if (kind == InsertResult::Kind::duplicate) ++duplicate;
        if (kind == InsertResult::Kind::replaced) ++replaced;
    }
};

std::vector<JobLine> read_jobs(const std::string& path, const Limits& limits) {
    if (path == "-") return parse_jobs(std::cin, "stdin", limits);
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--file: {} cannot be read; check the path and its permissions",
                                base::quote_for_message(path)));
    }
    return parse_jobs(file, path, limits);
}

void print_summary(const Summary& summary, double seconds, bool json) {
    if (json) {
        fmt::print(
            "{{\"inserted\":{},\"already_there\":{},\"duplicate\":{},\"replaced\":{},"
            "\"seconds\":{:.3f}}}\n",
            summary.inserted, summary.already_there, summary.duplicate, summary.replaced, seconds);
        return;
    }
    fmt::print(stderr, "enqueued {} jobs in {:.1f} s", summary.inserted, seconds);
    if (summary.duplicate > 0)
        fmt::print(stderr, ", {} had a unique key in use", summary.duplicate);
    if (summary.replaced > 0)
        fmt::print(stderr, ", {} changed the job that has their unique key", summary.replaced);
    if (summary.already_there > 0)
        fmt::print(stderr, ", {} were there before", summary.already_there);
    fmt::print(stderr, "\n");
}

/// The next jobs of the file; a lifetime counts from now.
std::vector<NewJob> next_step(std::span<JobLine> lines, Store& store) {
    std::vector<NewJob> step;
    for (auto& [job, expires_in] : lines) {
        if (expires_in) job.expires_at = store.now() + *expires_in;
        step.push_back(std::move(job));
    }
    return step;
}

/// Enqueues a step; what was enqueued before is said when it fails.
std::vector<Receipt> enqueue_step(Client& client, std::vector<NewJob> step, std::size_t before) {
    try {
        return client.enqueue_many(std::move(step));
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("{} (the first {} jobs of the file are enqueued)",
                                              error.what(), before));
    }
}

}  // namespace

ExitCode enqueue_file(CommandContext& context, const EnqueueFileOptions& options) {
    std::vector<JobLine> jobs = read_jobs(options.path, context.config().limits);
    Client client{context.create_store(), context.config().limits};
    const auto started = std::chrono::steady_clock::now();
    ProgressBar bar{"enqueueing"};
    Summary summary;
    for (std::size_t done = 0; done < jobs.size();) {
        const auto count = std::min(jobs_per_step, jobs.size() - done);
        auto step = next_step(std::span{jobs}.subspan(done, count), *client.store());
        for (const Receipt& receipt : enqueue_step(client, std::move(step), done)) {
            summary.count(receipt.kind);
            if (options.print_ids) fmt::print("{}\n", to_string(receipt.id));
        }
        done += count;
        bar.update(done, jobs.size());
    }
    bar.finish();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    print_summary(summary, seconds.count(), context.json());
    return ExitCode::done;
}

}  // namespace errand::cli
