#include "store/sqlite/store_impl.hpp"

namespace errand::sqlite {

std::vector<SuppressedView> SqliteStore::suppressed(std::uint32_t) {
    return {};
}

}  // namespace errand::sqlite
