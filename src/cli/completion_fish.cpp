#include "cli/completion.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char letter : text) {
        if (letter == '\'' || letter == '\\') result += '\\';
        result += letter;
    }
    return result + "'";
}

std::vector<std::string> names_of(const std::vector<CommandWords>& commands) {
    std::vector<std::string> names;
    for (const auto& command : commands)
        names.push_back(command.path.back());
    return names;
}

/// The condition under which the cursor stands right after this command.
std::string condition_of(const CommandWords& command) {
    std::string text;
    for (const auto& part : command.path) {
        text += fmt::format("{}__fish_seen_subcommand_from {}", text.empty() ? "" : "; and ", part);
    }
    if (command.commands.empty()) return text;
    const std::string none = fmt::format("not __fish_seen_subcommand_from {}",
                                         fmt::join(names_of(command.commands), " "));
    return text.empty() ? none : text + "; and " + none;
}

std::string value_flags(const OptionWords& option) {
    if (!option.takes_value) return "";
    if (option.is_file) return " -r -F";
    if (option.choices.empty()) return " -x";
    return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
}

std::string option_line(const OptionWords& option, const std::string& condition) {
    std::string line = fmt::format("complete -c errand -n {}", quoted(condition));
    for (const auto& name : option.names) {
        const bool is_long = name.starts_with("--");
        line += fmt::format(" {} {}", is_long ? "-l" : "-s", name.substr(is_long ? 2 : 1));
    }
    return line + value_flags(option) + " -d " + quoted(option.description) + "\n";
}

std::string lines_of(const CommandWords& command) {
    const std::string condition = condition_of(command);
    std::string text;
    for (const auto& inner : command.commands) {
        text += fmt::format("complete -c errand -n {} -a {} -d {}\n", quoted(condition),
                            inner.path.back(), quoted(inner.summary));
    }
    for (const auto& argument : command.arguments) {
        if (argument.choices.empty()) continue;
        text += fmt::format("complete -c errand -n {} -a '{}'\n", quoted(condition),
                            fmt::join(argument.choices, " "));
    }
    for (const auto& option : command.options)
        text += option_line(option, condition);
    for (const auto& inner : command.commands)
        text += lines_of(inner);
    return text;
}

}  // namespace

std::string fish_completion(const CommandWords& program) {
    return "# fish completion for errand; load with: errand completion fish | source\n"
           "complete -c errand -f\n" +
           lines_of(program);
}

}  // namespace errand::cli
