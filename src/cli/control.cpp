#include "cli/control.hpp"

#include "cli/filter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::cli {
namespace {

constexpr std::uint32_t page_size = 500;

struct ControlFlags {
    std::vector<std::string> ids;
    std::string where;
    bool dry_run = false;
};

struct Counts {
    std::uint64_t done = 0, requested = 0, refused = 0, not_found = 0;
};

std::string_view json_name(ControlResult result) {
    switch (result) {
        case ControlResult::done:
            return "done";
        case ControlResult::requested:
            return "requested";
        case ControlResult::refused:
            return "refused";
        case ControlResult::not_found:
            return "not_found";
    }
    return "";
}

/// One run of a control command: prints a line per job and counts.
class ControlRun {
public:
    ControlRun(const ControlVerb& verb, Store& store, bool json)
        : verb_(verb), store_(store), json_(json) {}

    void apply(std::span<const JobId> ids) {
        const auto results = verb_.apply(store_, ids);
        for (std::size_t i = 0; i < ids.size(); ++i)
            report(ids[i], results[i]);
    }
    void show_only(const JobId& id) {
        ++counts_.done;
        print(to_string(id), "would_change", fmt::format("would be {}", verb_.done));
    }
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

private:
    void report(const JobId& id, ControlResult result) {
        const auto text = to_string(id);
        switch (result) {
            case ControlResult::done:
                ++counts_.done;
                return print(text, json_name(result), verb_.done);
            case ControlResult::requested:
                ++counts_.requested;
                return print(text, json_name(result), "asked to stop");
            case ControlResult::refused:
                ++counts_.refused;
                return print(text, json_name(result), fmt::format("refused: {}", verb_.refused));
            case ControlResult::not_found:
                ++counts_.not_found;
                return print(text, json_name(result), "unknown id");
        }
    }
    void print(const std::string& id, std::string_view result, std::string_view words) const {
        if (json_) {
            fmt::print("{{\"id\":\"{}\",\"result\":\"{}\"}}\n", id, result);
        } else {
            fmt::print("{}  {}\n", id, words);
        }
    }

    const ControlVerb& verb_;
    Store& store_;
    bool json_;
    Counts counts_;
};

std::vector<JobId> parse_ids(const std::vector<std::string>& texts) {
    std::vector<JobId> ids;
    for (const auto& text : texts)
        ids.push_back(parse_id(text));
    return ids;
}

/// All ids are known before the first job changes, so no job is met twice.
std::vector<JobId> matching_ids(Store& store, const JobFilter& filter) {
    std::vector<JobId> ids;
    std::string cursor;
    do {
        const JobPage page = store.list(filter, page_size, cursor);
        for (const Job& job : page.jobs)
            ids.push_back(job.id);
        cursor = page.next_cursor;
    } while (!cursor.empty());
    return ids;
}

void apply_in_steps(ControlRun& run, std::span<const JobId> ids) {
    while (!ids.empty()) {
        const std::size_t count = std::min<std::size_t>(ids.size(), page_size);
        run.apply(ids.first(count));
        ids = ids.subspan(count);
    }
}

void print_counts(const Counts& counts, const ControlVerb& verb, bool dry_run) {
    fmt::print(stderr, "{} {}{}", counts.done, dry_run ? "would be " : "", verb.done);
    if (counts.requested > 0) fmt::print(stderr, ", {} asked to stop", counts.requested);
    if (counts.refused > 0) fmt::print(stderr, ", {} refused", counts.refused);
    if (counts.not_found > 0) fmt::print(stderr, ", {} unknown", counts.not_found);
    fmt::print(stderr, "\n");
}

ExitCode control_where(const ControlVerb& verb, const ControlFlags& flags,
                       CommandContext& context) {
    JobFilter filter = parse_filter(flags.where);
    if (filter.states.empty()) filter.states = verb.default_states;
    const auto store = context.open_store();
    const auto ids = matching_ids(*store, filter);
    ControlRun run{verb, *store, context.json()};
    if (flags.dry_run) {
        for (const JobId& id : ids)
            run.show_only(id);
    } else {
        apply_in_steps(run, ids);
    }
    print_counts(run.counts(), verb, flags.dry_run);
    return ExitCode::done;  // a job that moved on meanwhile is no failure of the command
}

ExitCode control_ids(const ControlVerb& verb, const ControlFlags& flags, CommandContext& context) {
    const auto ids = parse_ids(flags.ids);
    const auto store = context.open_store();
    ControlRun run{verb, *store, context.json()};
    apply_in_steps(run, ids);
    const bool all = run.counts().refused == 0 && run.counts().not_found == 0;
    if (ids.size() > 1 || !all) print_counts(run.counts(), verb, false);
    return all ? ExitCode::done : ExitCode::failed;
}

ExitCode control(const ControlVerb& verb, const ControlFlags& flags, CommandContext& context) {
    const auto refuse = [](const char* reason) -> ExitCode {
        throw Error(ErrorCode::invalid_argument, reason);
    };
    if (flags.ids.empty() && flags.where.empty())
        return refuse("give one or more ids, or --where FILTER");
    if (!flags.ids.empty() && !flags.where.empty()) return refuse("give ids or --where, not both");
    if (flags.dry_run && flags.where.empty()) return refuse("--dry-run: is for --where only");
    return flags.where.empty() ? control_ids(verb, flags, context)
                               : control_where(verb, flags, context);
}

}  // namespace

void add_control_command(CLI::App& app, CommandContext& context, ControlVerb verb) {
    const auto flags = std::make_shared<ControlFlags>();
    const auto shared = std::make_shared<const ControlVerb>(std::move(verb));
    auto& command = context.add_command(
        app, shared->text, [flags, shared, &context] { return control(*shared, *flags, context); });
    command.add_option("ID", flags->ids, "Job ids");
    command
        .add_option("--where", flags->where,
                    "All jobs that match, for example state=discarded,type=x,queue=q,tag=t")
        ->type_name("FILTER");
    command.add_flag("--dry-run", flags->dry_run, "With --where: show the jobs, change nothing");
}

}  // namespace errand::cli
