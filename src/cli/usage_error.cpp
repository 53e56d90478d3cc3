#include "cli/usage_error.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace errand::cli {
namespace {

/// The innermost command that was given.
const CLI::App& current_command(const CLI::App& app) {
    const auto given = app.get_subcommands();
    return given.empty() ? app : current_command(*given.front());
}

std::string path_of(const CLI::App& app) {
    if (app.get_parent() == nullptr) return app.get_name();
    return path_of(*app.get_parent()) + " " + app.get_name();
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const auto& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({}))
        names.push_back(command->get_name());
    return names;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& names) {
    const std::vector<std::string_view> candidates{names.begin(), names.end()};
    const std::string_view near = base::nearest(text, candidates);
    return near.empty() ? std::string{} : fmt::format("; did you mean {}?", near);
}

std::string explain_extra(const CLI::App& command, const std::string& text) {
    const std::string shown = base::quote_for_message(text);
    if (text.starts_with("-")) {
        const std::string name = text.substr(0, text.find('='));
        return fmt::format("unknown option {}{}", shown, did_you_mean(name, option_names(command)));
    }
    const auto commands = command_names(command);
    if (!commands.empty()) {
        return fmt::format("unknown command {}{}", shown, did_you_mean(text, commands));
    }
    return fmt::format("unexpected argument {}", shown);
}

std::string on_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace

std::string explain_usage_error(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App& command = current_command(app);
    const auto extras = app.remaining(true);
    const auto unknown = std::find_if(extras.begin(), extras.end(),
                                      [](const std::string& text) { return text != "--"; });
    std::string reason;
    if (unknown != extras.end()) {
        reason = explain_extra(command, *unknown);
    } else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
               !command.get_subcommands({}).empty()) {
        reason = "no command given";
    } else {
        reason = on_one_line(error.what());
    }
    return fmt::format("{}; see `{} --help`", reason, path_of(command));
}

}  // namespace errand::cli
