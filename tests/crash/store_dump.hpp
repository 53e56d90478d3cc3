#pragma once

#include <string>

namespace errand::test {

/// All that the store in this file holds, one row a line; two dumps are equal when the stores are.
/// Read past any ShimVfs. Throws std::runtime_error where SQLite refuses.
[[nodiscard]] std::string dump_tables(const std::string& path);

}  // namespace errand::test
