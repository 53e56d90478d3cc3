#pragma once

#include <errand/limits.hpp>
#include <errand/store/administration.hpp>
#include <errand/store/events.hpp>
#include <errand/store/inspection.hpp>
#include <errand/store/job_path.hpp>
#include <errand/store/schedules.hpp>
#include <errand/store/workflows.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace errand {

/// Where jobs live: the parts of the contract together. Thread-safe; share one per process
/// and URL. Lives at least as long as the clients and workers that use it (they hold a shared_ptr).
class Store : public JobPath,
              public Inspection,
              public Administration,
              public Schedules,
              public Workflows,
              public Events {
public:
    /// The URL it was opened with, secrets masked.
    [[nodiscard]] virtual std::string url() const = 0;
};

/// Settings that apply to every kind of store.
struct StoreOptions {
    Limits limits;                 ///< raise or lower what one job may hold
    const Clock* clock = nullptr;  ///< for tests; null: the machine's clock. Ignored by stores with
                                   ///< a server, which has the clock.
};

/// Opens the store that `url` names, and creates it when it is not there yet:
///   memory:                            in this process, gone with it
///   sqlite:PATH[?durability=full|process][&busy_timeout=30s]
/// `durability=full` (the default) survives power loss; `process` survives the death of any
/// process, and power loss may take the last moments. Throws Error: invalid_argument (bad URL,
/// unknown option with the nearest known one), store_unavailable, store_corrupt,
/// store_incompatible.
[[nodiscard]] std::shared_ptr<Store> open_store(std::string_view url,
                                                const StoreOptions& options = {});

}  // namespace errand
