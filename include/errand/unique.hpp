#pragma once

#include <errand/job_id.hpp>
#include <errand/time.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Jobs that are not enqueued twice.

namespace errand {

/// How long a job holds its unique key.
enum class UniqueFor : std::uint8_t {
    unfinished = 0,  ///< until it ends
    waiting = 1,     ///< until a worker claims it; once more after an operator's retry of its end
    period = 2,      ///< for a time from its enqueue, whatever becomes of it, removal included
};

/// What becomes of an enqueue whose unique key another job holds. Nothing is added in any case.
enum class OnConflict : std::uint8_t {
    existing = 0,  ///< it stands for the job that holds the key
    reject = 1,    ///< as existing, and Client::enqueue throws Error (conflict)
    /// The holder takes over args, meta and tags, unless it has begun or is of another type.
    replace_args = 2,
    /// The holder takes over the due time and expires_at, under the same conditions. Its place in
    /// the queue is that of its new due time, except in fair queues, where it keeps it.
    reschedule = 3,
    replace = 4,  ///< both
};

/// What a job's unique key means. The policy of the new job decides what becomes of it, that of the
/// holder how long it holds.
struct UniquePolicy {
    UniqueFor hold = UniqueFor::unfinished;
    Duration period{};  ///< UniqueFor::period only: 1 ms to 365 days
    OnConflict on_conflict = OnConflict::existing;

    bool operator==(const UniquePolicy&) const = default;
};

/// "unfinished", "waiting" or a duration, the period: "10m".
[[nodiscard]] std::string unique_for_text(const UniquePolicy& policy);
/// Reads that form into `policy`. Throws Error (invalid_argument) that shows a right form.
void parse_unique_for(std::string_view text, UniquePolicy& policy);

[[nodiscard]] std::string_view to_string(OnConflict rule) noexcept;
/// Throws Error (invalid_argument) naming the possible words.
[[nodiscard]] OnConflict parse_on_conflict(std::string_view text);

/// A unique key made of a type and of what is chosen from the arguments: `members` are names of the
/// object that the args hold ("user_id"); none: all of the args. Objects that differ only in the
/// order of their members give the same key. "TYPE#" and 36 characters, a long type cut. Throws
/// Error (invalid_argument) when a member is chosen that the args do not have.
[[nodiscard]] std::string unique_key_of(std::string_view type, std::string_view args,
                                        std::span<const std::string> members = {});

/// A job that holds or held its unique key, and what was suppressed for it.
struct SuppressedView {
    JobId job;
    std::string unique_key;
    std::uint64_t count = 0;  ///< enqueues that added nothing
    Timestamp last_at{};      ///< the newest of them
};

}  // namespace errand
