#pragma once

#include "support/run_program.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace errand::test {

/// The command line of the built program with these arguments.
inline std::vector<std::string> errand_command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), ERRAND_PROGRAM);
    return arguments;
}

inline ProgramResult run_errand(std::vector<std::string> arguments,
                                const std::filesystem::path& directory) {
    return run_program(errand_command(std::move(arguments)), {.directory = directory.string()});
}

}  // namespace errand::test
