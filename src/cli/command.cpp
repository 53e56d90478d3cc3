#include "cli/command.hpp"

#include "base/text.hpp"
#include "cli/config.hpp"
#include "cli/help.hpp"
#include "store/url.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace errand::cli {
namespace {

constexpr const char* default_config = "errand.toml";
constexpr const char* default_store = "sqlite:errand.db";

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

/// The path in a sqlite URL; empty for other stores.
std::string sqlite_path(std::string_view url) {
    const auto parsed = store::parse_store_url(url);
    if (parsed.scheme != "sqlite") return {};
    return parsed.path.starts_with("///") ? parsed.path.substr(2) : parsed.path;
}

}  // namespace

CommandContext::CommandContext() = default;
CommandContext::~CommandContext() = default;

void CommandContext::add_common_options(CLI::App& app) {
    app.set_help_flag("-h,--help", "Show this help")->group(group_common);
    app.add_option("--store", store_option_, "Where the jobs are, for example sqlite:errand.db")
        ->type_name("URL")
        ->group(group_common);
    app.add_option("--config", config_option_, "Configuration file (default: ./errand.toml)")
        ->type_name("FILE")
        ->group(group_common);
    app.add_flag("--json", json_, "Print JSON: one document, or a line per item for lists")
        ->group(group_common);
}

CLI::App& CommandContext::add_command(CLI::App& app, const CommandText& text,
                                      std::function<ExitCode()> action) {
    CLI::App& command = add_command_group(app, text);
    command.require_subcommand(0);
    add_common_options(command);
    // Of a command within a command the inner one is called back first.
    command.callback([this, action = std::move(action)] {
        if (!chosen_) chosen_ = action;
    });
    return command;
}

CLI::App& CommandContext::add_command_group(CLI::App& app, const CommandText& text) {
    CLI::App* command = app.add_subcommand(text.name, description_of(text));
    command->group(text.group);
    command->footer(footer_of(text));
    command->require_subcommand(1);
    return *command;
}

const Config& CommandContext::config() {
    if (config_) return *config_;
    std::string path = config_option_.empty() ? environment("ERRAND_CONFIG") : config_option_;
    if (path.empty() && std::filesystem::exists(default_config)) path = default_config;
    config_ = std::make_unique<Config>(path.empty() ? Config{} : load_config(path));
    return *config_;
}

std::string CommandContext::store_url() {
    if (!store_option_.empty()) return store_option_;
    if (auto url = environment("ERRAND_STORE"); !url.empty()) return url;
    return config().store.empty() ? default_store : config().store;
}

std::shared_ptr<Store> CommandContext::create_store() {
    return errand::open_store(store_url(), StoreOptions{.limits = config().limits});
}

std::shared_ptr<Store> CommandContext::open_store() {
    const std::string path = sqlite_path(store_url());
    std::error_code ignored;
    if (!path.empty() && !std::filesystem::exists(path, ignored)) {
        throw Error(ErrorCode::store_unavailable,
                    fmt::format("there is no store at {}; enqueue a job or run `errand up` to "
                                "create it, or name another with --store",
                                base::quote_for_message(path)));
    }
    return create_store();
}

Client CommandContext::open_client() {
    return Client{open_store(), config().limits};
}

std::optional<ExitCode> CommandContext::run() {
    if (!chosen_) return std::nullopt;
    return chosen_();
}

CLI::Option* repeatable(CLI::Option* option) {
    // One value each: otherwise "--tag a TYPE" takes TYPE too, and "[a,b]" becomes two values.
    return option->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
}

JobId parse_id(const std::string& text) {
    if (const auto id = JobId::parse(text); id && !id->is_nil()) return *id;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is not a job id: give the full id of 36 characters that `errand "
                            "enqueue` and `errand list` print",
                            base::quote_for_message(text)));
}

Error unknown_job(const JobId& id) {
    return {ErrorCode::not_found,
            fmt::format("no job has the id {}; it may have been removed, or is in another store",
                        to_string(id))};
}

}  // namespace errand::cli
