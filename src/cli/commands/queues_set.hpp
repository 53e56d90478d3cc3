#pragma once

#include "cli/command.hpp"

namespace errand::cli {

/// Adds `errand queues set` to the command `queues`.
void add_queues_set_command(CLI::App& queues, CommandContext& context);

/// "fifo", "fifo, aging 5m", "fair, 2 at once per key": what of the settings people want to see.
[[nodiscard]] std::string order_text(const QueueSettings& settings);

}  // namespace errand::cli
