#include "cli/completion.hpp"

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"

#include <fmt/format.h>

namespace errand::cli {
namespace {

ExitCode print_completion(const CLI::App& app, const std::string& shell) {
    const CommandWords words = completion_words(app);
    if (shell == "bash") {
        fmt::print("{}", bash_completion(words));
    } else if (shell == "zsh") {
        fmt::print("{}", zsh_completion(words));
    } else if (shell == "fish") {
        fmt::print("{}", fish_completion(words));
    } else {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("SHELL: {} is unknown; valid are bash, zsh, fish",
                                base::quote_for_message(shell)));
    }
    return ExitCode::done;
}

}  // namespace

void add_completion_command(CLI::App& app, CommandContext& context) {
    const auto shell = std::make_shared<std::string>();
    auto& command = context.add_command(
        app,
        {.name = "completion",
         .group = group_other,
         .summary = "Print completion for a shell",
         .details = "Made from the commands and options of this very program.",
         .examples = {{"completion bash > /etc/bash_completion.d/errand", "For all users of bash."},
                      {"completion zsh > ~/.zfunc/_errand", "For zsh, in a folder of fpath."},
                      {"completion fish > ~/.config/fish/completions/errand.fish", "For fish."}}},
        [shell, &app] { return print_completion(app, *shell); });
    command.add_option("SHELL", *shell, "The shell")->type_name("bash|zsh|fish")->required();
}

}  // namespace errand::cli
