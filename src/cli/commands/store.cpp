#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/findings.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace errand::cli {
namespace {

ExitCode check_store(CommandContext& context) {
    const auto findings = context.open_store()->check();
    print_findings(findings, context.json());
    return all_good(findings) ? ExitCode::done : ExitCode::failed;
}

/// As the store tells it among its findings; empty: it has none.
std::string schema_version(Store& store) {
    const auto findings = store.check();
    const auto found = std::ranges::find(findings, "schema version", &CheckFinding::what);
    return found == findings.end() ? std::string{} : found->detail;
}

/// Opening is what creates or migrates.
ExitCode migrate_store(CommandContext& context) {
    const auto store = context.create_store();
    const auto version = schema_version(*store);
    if (context.json()) {
        boost::json::object document{{"store", store->url()}, {"schema_version", nullptr}};
        if (!version.empty()) document["schema_version"] = version;
        fmt::print("{}\n", boost::json::serialize(document));
    } else if (version.empty()) {
        fmt::print("{} needs no migration\n", store->url());
    } else {
        fmt::print("{} is at schema version {}\n", store->url(), version);
    }
    return ExitCode::done;
}

}  // namespace

void add_store_command(CLI::App& app, CommandContext& context) {
    auto& group = context.add_command_group(
        app, {.name = "store",
              .group = group_operate,
              .summary = "Check or migrate the store",
              .details = "",
              .examples = {{"store check --store sqlite:app.db", "Is the file sound?"}}});
    context.add_command(group,
                        {.name = "check",
                         .group = "Commands",
                         .summary = "Look for damage: integrity, counts that must agree, space",
                         .details = "Exits with 1 when something is bad.",
                         .examples = {{"store check", "A line per check."}}},
                        [&context] { return check_store(context); });
    context.add_command(group,
                        {.name = "migrate",
                         .group = "Commands",
                         .summary = "Create the store or bring it up to this program's version",
                         .details = "Every command does so when it opens the store; this one does "
                                    "nothing else. A store that a newer version wrote is refused.",
                         .examples = {{"store migrate", "Before the workers start, in a deploy."}}},
                        [&context] { return migrate_store(context); });
}

}  // namespace errand::cli
