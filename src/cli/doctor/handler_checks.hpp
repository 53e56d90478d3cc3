#pragma once

#include "cli/config.hpp"

#include <errand/store/types.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errand::cli::doctor {

/// One finding per configured handler: its program can be run, or its secret is in the environment.
[[nodiscard]] std::vector<CheckFinding> check_handlers(const std::vector<HandlerConfig>& handlers);

/// The file that `program` runs as execvp(3) would find it: along `search_path` (as in PATH), or,
/// when it has a slash, from `directory` (empty: the present one). None: nothing there can be run.
[[nodiscard]] std::optional<std::string> find_program(const std::string& program,
                                                      const std::string& directory,
                                                      std::string_view search_path);

}  // namespace errand::cli::doctor
