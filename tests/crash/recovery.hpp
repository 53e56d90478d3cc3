#pragma once

#include "crash/crash_vfs.hpp"

#include <string>
#include <unordered_map>

namespace errand::test {

/// What became of a store after a cut.
struct Recovered {
    std::string problem;  ///< empty: it is sound and its work went on to the end
    std::string state;    ///< its dump as it was found
};

/// Opens the store at `path` long after the cut, looks at it, and takes every job in it to an end.
[[nodiscard]] Recovered recover(const std::string& path);

}  // namespace errand::test
