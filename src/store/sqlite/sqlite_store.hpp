#pragma once

#include <errand/store/store.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace errand::sqlite {

struct SqliteStoreOptions {
    enum class Durability {
        full,     ///< a returned call survives power loss (synchronous=FULL)
        process,  ///< it survives the death of any process; power loss may take the last moments
    };

    std::string path;  ///< of the database file; created when missing, its folder is not
    Durability durability = Durability::full;
    /// How long a call waits for other processes' transactions before it is store_unavailable.
    Duration busy_timeout = std::chrono::seconds{30};
    Limits limits{};
    const Clock* clock = nullptr;        ///< for tests; null: the machine's
    std::optional<std::int64_t> boot{};  ///< for tests; none: boot_number()
};

/// Opens or creates the file and brings its schema up to date. Beside the file lie SQLite's own
/// `-wal` and `-shm`, and the folder `PATH-run` with the wake file and one file per live worker.
/// Throws Error: store_unavailable, store_corrupt, store_incompatible, invalid_argument.
[[nodiscard]] std::shared_ptr<Store> open_sqlite_store(const SqliteStoreOptions& options);

}  // namespace errand::sqlite
