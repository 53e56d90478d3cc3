#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/doctor/effect_checks.hpp"
#include "cli/doctor/handler_checks.hpp"
#include "cli/doctor/machine_checks.hpp"
#include "cli/findings.hpp"
#include "store/url.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace errand::cli {
namespace {

using Findings = std::vector<CheckFinding>;

void append(Findings& findings, Findings more) {
    findings.insert(findings.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
}

/// False: the configuration cannot be read, so nothing that needs it can be looked at.
bool add_configuration(Findings& findings, CommandContext& context) {
    try {
        const Config& config = context.config();
        const auto source = config.file.empty() ? "defaults, no errand.toml here" : config.file;
        findings.push_back({true, "configuration", source});
        append(findings, doctor::check_handlers(config.handlers));
        append(findings, doctor::check_effects(config));
        return true;
    } catch (const Error& error) {
        findings.push_back({false, "configuration", error.what()});
        return false;
    }
}

void add_file_system(Findings& findings, std::string_view store_url) {
    const auto url = store::parse_store_url(store_url);
    if (url.scheme != "sqlite") return;
    const auto file = std::filesystem::absolute(url.path);
    findings.push_back(doctor::check_file_system(file.parent_path()));
}

/// False: the store cannot be used.
bool add_store(Findings& findings, CommandContext& context) {
    try {
        add_file_system(findings, context.store_url());
        const auto store = context.open_store();
        findings.push_back({true, "store", store->url() + " opens"});
        findings.push_back(doctor::check_clock(store->now(), system_clock().now()));
        append(findings, store->check());
        return true;
    } catch (const Error& error) {
        findings.push_back({false, "store", error.what()});
        return false;
    }
}

ExitCode run_doctor(CommandContext& context) {
    Findings findings;
    const bool configured = add_configuration(findings, context);
    findings.push_back(doctor::check_open_files());
    const bool usable = !configured || add_store(findings, context);
    print_findings(findings, context.json());
    if (!usable) return ExitCode::store_unavailable;
    return all_good(findings) ? ExitCode::done : ExitCode::failed;
}

}  // namespace

void add_doctor_command(CLI::App& app, CommandContext& context) {
    context.add_command(
        app,
        {.name = "doctor",
         .group = group_operate,
         .summary = "Look for what is wrong with the setup",
         .details =
             "Checks the configuration, the programs of its handlers, this machine's limits "
             "and clock, the file system under the store and the store itself. Changes no "
             "job. Exits with 1 when something is bad, with 4 when the store cannot be used.",
         .examples = {{"doctor", "A line per check."},
                      {"doctor --json", "One document for scripts."}}},
        [&context] { return run_doctor(context); });
}

}  // namespace errand::cli
