#pragma once

namespace errand::base {

/// Products of two 64-bit numbers, exactly.
__extension__ using Wide = __int128;

}  // namespace errand::base
