#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace errand {

/// What the caller should do next. Values are chosen by the remedy, not by the place of failure.
enum class ErrorCode {
    invalid_argument,   ///< Correct the input: the message names the field, the value, the remedy.
    limit_exceeded,     ///< Make the input smaller or raise the limit that the message names.
    not_found,          ///< Nothing has this id or name; look it up again.
    conflict,           ///< The job's present state does not allow this; read it, then decide.
    lease_lost,         ///< This worker no longer owns the job: stop, and change nothing for it.
    timed_out,          ///< The wait ended first; the job goes on. Wait again if you like.
    store_unavailable,  ///< Try again later. For a write the outcome is unknown: repeat it with the
                        ///< same ids, which changes nothing if it had been applied.
    store_corrupt,      ///< The store's content cannot be trusted: restore it from a backup.
    store_incompatible,  ///< The store was written by a newer version: upgrade this program.
};

/// The code's name as printed in logs and JSON, for example "lease_lost".
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

/// The one exception type that Errand throws on purpose. `what()` is one line of UTF-8 that a
/// person can act on; it never holds job arguments or secrets. Broken invariants are assertions
/// instead.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }

private:
    ErrorCode code_;
};

}  // namespace errand
