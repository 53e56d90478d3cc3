#include "cli/exit_code.hpp"

namespace errand::cli {

ExitCode exit_code_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument:
        case ErrorCode::limit_exceeded:
            return ExitCode::usage;
        case ErrorCode::not_found:
        case ErrorCode::conflict:
        case ErrorCode::lease_lost:
            return ExitCode::failed;
        case ErrorCode::timed_out:
            return ExitCode::timed_out;
        case ErrorCode::store_unavailable:
        case ErrorCode::store_corrupt:
        case ErrorCode::store_incompatible:
            return ExitCode::store_unavailable;
    }
    return ExitCode::failed;
}

}  // namespace errand::cli
