#pragma once

#include "cli/exit_code.hpp"

#include <errand/store/types.hpp>

#include <vector>

namespace errand::cli {

[[nodiscard]] bool all_good(const std::vector<CheckFinding>& findings) noexcept;

/// On stdout: a line per finding with ✓ or ✗ (ok or BAD where stdout is no terminal), or with
/// `json` one document {"ok", "findings": [{"ok", "what", "detail"}]}.
void print_findings(const std::vector<CheckFinding>& findings, bool json);

}  // namespace errand::cli
