#include "store/sqlite/store_impl.hpp"

namespace errand::sqlite {

SignalResult SqliteStore::signal(const JobId&, std::string_view, std::string_view) {
    return SignalResult::not_found;
}

}  // namespace errand::sqlite
