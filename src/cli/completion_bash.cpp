#include "cli/completion.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

/// All that may follow the command: its commands, argument choices and options.
std::string words_after(const CommandWords& command) {
    std::vector<std::string> words;
    for (const auto& inner : command.commands)
        words.push_back(inner.path.back());
    for (const auto& argument : command.arguments) {
        words.insert(words.end(), argument.choices.begin(), argument.choices.end());
    }
    for (const auto& option : command.options) {
        words.insert(words.end(), option.names.begin(), option.names.end());
    }
    return fmt::format("{}", fmt::join(words, " "));
}

/// A case per command: "enqueue) words='…' ;;".
std::string command_cases(const CommandWords& command) {
    std::string text = fmt::format("        '{}') words='{}' ;;\n", fmt::join(command.path, " "),
                                   words_after(command));
    for (const auto& inner : command.commands)
        text += command_cases(inner);
    return text;
}

/// Paths of all commands, as a pattern: "enqueue|list|store|store check".
void collect_paths(const CommandWords& command, std::vector<std::string>& paths) {
    for (const auto& inner : command.commands) {
        paths.push_back(fmt::format("'{}'", fmt::join(inner.path, " ")));
        collect_paths(inner, paths);
    }
}

/// A case per option of a command that takes a value.
std::string value_cases(const CommandWords& command) {
    std::string text;
    const std::string path = fmt::format("{}", fmt::join(command.path, " "));
    for (const auto& option : command.options) {
        if (!option.takes_value) continue;
        const std::string reply =
            option.is_file ? "COMPREPLY=($(compgen -f -- \"$current\"))"
                           : fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$current\"))",
                                         fmt::join(option.choices, " "));
        for (const auto& name : option.names) {
            text += fmt::format("        '{} {}') {}; return ;;\n", path, name, reply);
        }
    }
    for (const auto& inner : command.commands)
        text += value_cases(inner);
    return text;
}

}  // namespace

std::string bash_completion(const CommandWords& program) {
    std::vector<std::string> paths;
    collect_paths(program, paths);
    return fmt::format(
        R"bash(# bash completion for errand; load with: eval "$(errand completion bash)"
_errand() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
    local path='' words='' word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "${{path:+$path }}$word" in
        {}) path="${{path:+$path }}$word" ;;
        esac
    done
    case "$path $previous" in
{}    esac
    case "$path" in
{}    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o filenames -F _errand errand
)bash",
        fmt::join(paths, "|"), value_cases(program), command_cases(program));
}

}  // namespace errand::cli
