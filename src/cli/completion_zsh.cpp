#include "cli/completion.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

/// Text inside single quotes of an _arguments specification.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '\'') {
            result += "'\\''";
        } else if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') {
            result += std::string{"\\"} + letter;
        } else {
            result += letter;
        }
    }
    return result;
}

std::string action_of(const OptionWords& option) {
    if (option.is_file) return "_files";
    if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
    return " ";
}

std::string option_spec(const OptionWords& option, const std::string& name) {
    return fmt::format("'{}{}[{}]{}'", option.repeatable ? "*" : "", name,
                       escaped(option.description),
                       option.takes_value ? fmt::format(":value:{}", action_of(option)) : "");
}

std::string argument_spec(const OptionWords& argument, std::size_t position) {
    const std::string place = argument.repeatable ? "*" : std::to_string(position);
    return fmt::format("'{}:{}:{}'", place, escaped(argument.names.front()), action_of(argument));
}

std::string function_name(const CommandWords& command) {
    std::string name = "_errand";
    for (const auto& part : command.path)
        name += "_" + part;
    return name;
}

/// The specifications of a command's options and arguments, one a line.
std::string specs_of(const CommandWords& command) {
    std::vector<std::string> specs;
    for (const auto& option : command.options) {
        for (const auto& name : option.names)
            specs.push_back(option_spec(option, name));
    }
    for (std::size_t i = 0; i < command.arguments.size(); ++i) {
        specs.push_back(argument_spec(command.arguments[i], i + 1));
    }
    return fmt::format("{}", fmt::join(specs, " \\\n        "));
}

std::string leaf_function(const CommandWords& command) {
    return fmt::format("{}() {{\n    _arguments -s \\\n        {}\n}}\n", function_name(command),
                       specs_of(command));
}

/// A function that completes the commands it holds, then hands over to theirs.
std::string branch_function(const CommandWords& command) {
    std::string names;
    std::string cases;
    for (const auto& inner : command.commands) {
        names += fmt::format("        '{}:{}'\n", inner.path.back(), escaped(inner.summary));
        cases += fmt::format("        {}) {} ;;\n", inner.path.back(), function_name(inner));
    }
    return fmt::format(R"({}() {{
    local curcontext="$curcontext" state line
    local -a commands=(
{}    )
    _arguments -C \
        {} \
        '1: :->command' '*:: :->rest'
    case $state in
    command) _describe command commands ;;
    rest)
        case $line[1] in
{}        esac ;;
    esac
}}
)",
                       function_name(command), names, specs_of(command), cases);
}

std::string functions_of(const CommandWords& command) {
    if (command.commands.empty()) return leaf_function(command);
    std::string text;
    for (const auto& inner : command.commands)
        text += functions_of(inner);
    return text + branch_function(command);
}

}  // namespace

std::string zsh_completion(const CommandWords& program) {
    return "#compdef errand\n"
           "# zsh completion for errand; load with: source <(errand completion zsh)\n" +
           functions_of(program) +
           "if [[ $funcstack[1] == _errand ]]; then _errand \"$@\"; else compdef _errand errand; "
           "fi\n";
}

}  // namespace errand::cli
