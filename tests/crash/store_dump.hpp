#pragma once

#include <string>

namespace errand::test {

/// All that the store in this file holds, one row a line; two dumps are equal when the stores are.
/// Read past any ShimVfs. Throws std::runtime_error where SQLite refuses.
[[nodiscard]] std::string dump_tables(const std::string& path);

/// What SQLite's own integrity_check says of the file; "ok" when it is sound. Past any ShimVfs too.
[[nodiscard]] std::string integrity_of(const std::string& path);

}  // namespace errand::test
