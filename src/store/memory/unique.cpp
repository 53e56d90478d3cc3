#include "store/memory/memory_store.hpp"

namespace errand::memory {

std::vector<SuppressedView> MemoryStore::suppressed(std::uint32_t) {
    return {};
}

}  // namespace errand::memory
