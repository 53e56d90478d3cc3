#include "store/memory/memory_store.hpp"

namespace errand::memory {

SignalResult MemoryStore::signal(const JobId&, std::string_view, std::string_view) {
    return SignalResult::not_found;
}

}  // namespace errand::memory
