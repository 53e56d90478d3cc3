#pragma once

#include "cli/config.hpp"

#include <errand/store/types.hpp>

#include <vector>

namespace errand::cli::doctor {

/// A finding for [webhooks] and one for [email], where the configuration has them: secrets, the
/// password and folders are where they should be. Nothing is sent.
[[nodiscard]] std::vector<CheckFinding> check_effects(const Config& config);

}  // namespace errand::cli::doctor
