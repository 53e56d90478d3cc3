#pragma once

#include <errand/store/types.hpp>
#include <errand/time.hpp>

#include <filesystem>

// What the machine must offer a worker and a store. Each look gives one finding and never throws.

namespace errand::cli::doctor {

/// Sockets, pipes of exec handlers and database files need descriptors.
[[nodiscard]] CheckFinding check_open_files();

/// A store file needs a local file system: network ones have no shared memory for the write-ahead
/// log.
[[nodiscard]] CheckFinding check_file_system(const std::filesystem::path& directory);

/// Leases and due times go by the store's clock, people look at the machine's.
[[nodiscard]] CheckFinding check_clock(Timestamp store_now, Timestamp machine_now);

}  // namespace errand::cli::doctor
