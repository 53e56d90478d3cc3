#pragma once

#include "store/sqlite/connection.hpp"

#include <errand/queue_settings.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

// The table errand_queue: how queues order their jobs.

namespace errand::sqlite {

struct QueueRow {
    QueueSettings settings{};
    std::int64_t virtual_time = 0;  ///< of a fair queue
};

/// The default settings when the queue has no row.
[[nodiscard]] QueueRow read_queue(Connection& connection, std::string_view queue);

/// By name; only queues that have a row.
[[nodiscard]] std::map<std::string, QueueSettings> read_all_queues(Connection& connection);

void write_queue(Connection& writer, std::string_view queue, const QueueRow& row);

}  // namespace errand::sqlite
