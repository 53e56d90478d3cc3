#pragma once

#include "conformance/model_player.hpp"

#include <rapidcheck.h>

#include <vector>

namespace errand::test {

/// Commands weighted so that jobs are made, claimed and settled most of the time.
[[nodiscard]] rc::Gen<std::vector<Command>> command_sequences();

}  // namespace errand::test
