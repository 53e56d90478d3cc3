#pragma once

#include <errand/client.hpp>

#include <map>
#include <string>
#include <vector>

namespace errand::cli {

/// What errand.toml says about the store as a whole. Only what it names is set; what it does not
/// name stays as it was set by others.
struct StoreSettings {
    std::map<std::string, QueueSettings> queues{};
    std::vector<Limit> limits{};
};

/// Makes the store's settings those of the file, writing only what differs.
void apply(const StoreSettings& settings, Client& client);

}  // namespace errand::cli
