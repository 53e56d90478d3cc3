#pragma once

namespace CLI {
class App;
}

namespace errand::cli {

class CommandContext;

/// All commands with their options, for parsing, help and completion.
void build_program(CLI::App& app, CommandContext& context);

/// The whole program: parses, runs, prints errors as one line on stderr, returns the exit code.
[[nodiscard]] int run_program(int argc, const char* const* argv);

}  // namespace errand::cli
