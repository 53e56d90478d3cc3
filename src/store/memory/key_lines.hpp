#pragma once

#include "store/memory/record.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace errand::memory {

/// Who has a turn of a key, and who waits for one. An index over the jobs that JobTable keeps; how
/// many turns a key has is decided elsewhere. Not thread-safe.
class KeyLines {
public:
    struct Line {
        std::set<Record*, ByInsertion> holders;
        std::set<Record*, ByPosition> blocked;  ///< the next first
    };
    using Name = std::tuple<std::string, std::string>;  // queue, key
    using ByName = std::map<Name, Line, std::less<>>;

    /// Notes what the record's turn says.
    void enter(Record& record);
    void leave(Record& record);

    /// Null: nobody has a turn and nobody waits for one.
    [[nodiscard]] const Line* find(std::string_view queue, std::string_view key) const;
    [[nodiscard]] const ByName& all() const noexcept { return lines_; }

private:
    ByName lines_;
};

}  // namespace errand::memory
