#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace errand::cli {

/// One line for what CLI11 found wrong: the text that was not understood, the nearest option or
/// command, and where to read on.
[[nodiscard]] std::string explain_usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace errand::cli
