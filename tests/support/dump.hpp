#pragma once

#include <errand/store/types.hpp>

#include <string>

namespace errand::test {

/// Every field of a job, one a line: for comparing whole jobs and for reading what differs.
[[nodiscard]] std::string dump(const Job& job);

/// Every field but the store's own `row` hint.
[[nodiscard]] std::string dump(const Lease& lease);

[[nodiscard]] std::string dump(const StoreStats& stats);
[[nodiscard]] std::string dump(const QueueSettings& settings);
[[nodiscard]] std::string dump(const LimitView& view);
[[nodiscard]] std::string dump(const PauseView& view);
[[nodiscard]] std::string dump(const SuppressedView& view);
[[nodiscard]] std::string dump(const KeyView& view);

}  // namespace errand::test
