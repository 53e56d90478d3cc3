#pragma once

#include "base/unique_fd.hpp"

namespace errand::handlers {

using base::UniqueFd;

}  // namespace errand::handlers
