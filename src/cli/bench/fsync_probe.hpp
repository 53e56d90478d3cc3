#pragma once

#include <filesystem>

namespace errand::cli::bench {

/// Median time in microseconds of appending 4 KiB to a file in `directory` and fdatasync, over 200
/// rounds: what one durable commit costs at least. Throws Error (store_unavailable).
[[nodiscard]] double measure_fsync_us(const std::filesystem::path& directory);

}  // namespace errand::cli::bench
