#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

// Shell completion made from the program's own tree of commands and options: nothing to keep in
// step.

namespace errand::cli {

struct OptionWords {
    std::vector<std::string> names;  ///< "-h", "--help"
    std::string description;
    bool takes_value = false;
    bool repeatable = false;
    bool is_file = false;              ///< the value is a path
    std::vector<std::string> choices;  ///< all values there are; empty: any
};

struct CommandWords {
    std::vector<std::string> path;  ///< "store", "check"; empty: the program itself
    std::string summary;
    std::vector<OptionWords> options;
    std::vector<OptionWords> arguments;  ///< positional; names has one entry
    std::vector<CommandWords> commands;
};

/// What can be typed, read from the tree below `app`. A value's type name "a|b|c" lists its
/// choices, "FILE" is a path.
[[nodiscard]] CommandWords completion_words(const CLI::App& app);

[[nodiscard]] std::string bash_completion(const CommandWords& program);
[[nodiscard]] std::string zsh_completion(const CommandWords& program);
[[nodiscard]] std::string fish_completion(const CommandWords& program);

}  // namespace errand::cli
