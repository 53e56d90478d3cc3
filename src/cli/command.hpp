#pragma once

#include "cli/exit_code.hpp"

#include <errand/client.hpp>
#include <errand/store/store.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What every command of the program is made of. A command is one file commands/NAME.cpp with one
// function `void add_NAME_command(CLI::App& app, CommandContext& context)`, listed in commands.hpp.
// Commands print results on stdout, everything else on stderr, and throw Error for what goes wrong.

namespace errand::cli {

struct Config;

/// What --help shows of a command.
struct CommandText {
    std::string name;
    std::string group;    ///< heading in `errand --help`: one of the groups below
    std::string summary;  ///< one line
    std::string details;  ///< paragraphs, wrapped at 78 columns; may be empty
    struct Example {
        std::string command;  ///< without the leading "errand "
        std::string effect;   ///< what it does, one line
    };
    std::vector<Example> examples;
};

inline constexpr const char* group_run = "Run jobs";
inline constexpr const char* group_jobs = "Jobs";
inline constexpr const char* group_operate = "Operate";
inline constexpr const char* group_other = "Other";
inline constexpr const char* group_common = "Common options";

/// What the commands share: the common options, the configuration, the store. One per process, used
/// from the main thread; it outlives the CLI::App that refers to it.
class CommandContext {
public:
    CommandContext();
    ~CommandContext();
    CommandContext(const CommandContext&) = delete;
    CommandContext& operator=(const CommandContext&) = delete;

    /// Adds a command with --store, --config, --json and --help. `action` runs after the whole
    /// command line was parsed; its options are usually a struct in a shared_ptr that it captures.
    CLI::App& add_command(CLI::App& app, const CommandText& text, std::function<ExitCode()> action);
    /// A command that only holds others, added to it with add_command(*result, …).
    CLI::App& add_command_group(CLI::App& app, const CommandText& text);
    /// The same common options on the program itself, so that they may stand before the command.
    void add_common_options(CLI::App& app);

    [[nodiscard]] bool json() const noexcept { return json_; }

    /// errand.toml: --config, else ERRAND_CONFIG, else ./errand.toml when it is there, else
    /// defaults. Read once. Throws Error (invalid_argument) with file and line.
    [[nodiscard]] const Config& config();

    /// --store, else ERRAND_STORE, else `store` of the configuration, else sqlite:errand.db.
    [[nodiscard]] std::string store_url();

    /// The store, created when it is not there yet.
    [[nodiscard]] std::shared_ptr<Store> create_store();
    /// The store; throws Error (store_unavailable) with the remedy when its file does not exist.
    [[nodiscard]] std::shared_ptr<Store> open_store();
    /// A client of open_store() with the configuration's limits.
    [[nodiscard]] Client open_client();

    /// Runs the action of the command that was parsed; none when no command was given.
    [[nodiscard]] std::optional<ExitCode> run();

private:
    std::string store_option_;
    std::string config_option_;
    bool json_ = false;
    std::unique_ptr<Config> config_;
    std::function<ExitCode()> chosen_;
};

/// Makes an option that may be given more than once, with one value each time.
CLI::Option* repeatable(CLI::Option* option);

/// A full job id. Throws Error (invalid_argument) naming the text.
[[nodiscard]] JobId parse_id(const std::string& text);

/// The error (not_found) for an id that no job has.
[[nodiscard]] Error unknown_job(const JobId& id);

}  // namespace errand::cli
