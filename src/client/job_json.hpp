#pragma once

#include <errand/store/types.hpp>

#include <string>

// What people and programs see of a store's content: one JSON document per value. Embedded JSON
// (args, meta, result) is copied byte for byte, so numbers keep every digit. Times are RFC 3339 in
// UTC, what is absent is null.

namespace errand {

/// The job with all documented fields.
[[nodiscard]] std::string to_json_text(const Job& job);

/// {"attempt", "lease_seq", "text"}
[[nodiscard]] std::string to_json_text(const AttemptLog& log);

/// {"states", "queues", "success_rate", "failed", "discarded", "suppressed"}: success_rate is
/// completed over all that ended by success or failure (null before the first), failed counts
/// retryable and discarded, suppressed the enqueues that unique keys kept out.
[[nodiscard]] std::string to_json_text(const StoreStats& stats);

/// {"job", "unique_key", "count", "last_at"}
[[nodiscard]] std::string to_json_text(const SuppressedView& view);

/// {"id", "name", "host", "pid", "queues", "types", "slots", "max_leases", "joined_at", "leases",
/// "alive"}
[[nodiscard]] std::string to_json_text(const WorkerView& worker);

}  // namespace errand
