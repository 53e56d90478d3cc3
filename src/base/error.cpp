#include <errand/error.hpp>

namespace errand {

std::string_view to_string(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument:
            return "invalid_argument";
        case ErrorCode::limit_exceeded:
            return "limit_exceeded";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::lease_lost:
            return "lease_lost";
        case ErrorCode::timed_out:
            return "timed_out";
        case ErrorCode::store_unavailable:
            return "store_unavailable";
        case ErrorCode::store_corrupt:
            return "store_corrupt";
        case ErrorCode::store_incompatible:
            return "store_incompatible";
    }
    return "unknown";
}

}  // namespace errand
