#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errand::sqlite {

/// Jobs that all rules treat alike, and the number that stands for them in the tables.
struct Lane {
    std::int64_t number = 0;
    std::string queue;
    std::string type;
    std::string key{};    ///< named by a limit or a pause; empty: any other, or none
    std::string needs{};  ///< labels, as core::labels_text()
};

/// The lanes that a process knows. Rows of errand_lane are never changed or removed, so what was
/// read once stays true; only committed rows are remembered. Thread-safe.
class LaneTable {
public:
    /// Learns the lanes that were added since, by this or another process. `reader` has no
    /// transaction of ours open.
    void refresh(Connection& reader);

    /// 0: not known (yet).
    [[nodiscard]] std::int64_t find(std::string_view queue, std::string_view type,
                                    std::string_view key, std::string_view needs) const;
    /// The lane of this number, read through `connection` when it was added after the last refresh.
    [[nodiscard]] Lane at(std::int64_t number, Connection& connection) const;
    /// The lanes of `queue` whose type is among `types` and whose needs are among `labels`.
    [[nodiscard]] std::vector<Lane> lanes_of(std::string_view queue,
                                             const std::vector<std::string>& types,
                                             const std::vector<std::string>& labels) const;

private:
    mutable std::mutex mutex_;
    std::int64_t newest_ = 0;
    using ByNeeds = std::map<std::string, std::int64_t, std::less<>>;
    using ByKey = std::map<std::string, ByNeeds, std::less<>>;
    using ByType = std::map<std::string, ByKey, std::less<>>;
    std::map<std::string, ByType, std::less<>> by_queue_;
    std::map<std::int64_t, Lane> by_number_;
};

/// The number of (queue, type, key, needs) inside a write transaction, added when it is new.
[[nodiscard]] std::int64_t lane_in_transaction(Connection& writer, std::string_view queue,
                                               std::string_view type, std::string_view key,
                                               std::string_view needs);

}  // namespace errand::sqlite
