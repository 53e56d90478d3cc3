#pragma once

#include "store/sqlite/connection.hpp"

#include <errand/unique.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errand::sqlite {

/// The unique keys within one open write transaction: who holds one, and what was kept out for him.
class UniqueKeys {
public:
    UniqueKeys(Connection& writer, Timestamp now) : writer_(writer), now_(now) {}

    struct Hold {
        std::int64_t n;
        JobId id;
    };
    /// None: the key is free, perhaps since its time has passed.
    [[nodiscard]] std::optional<Hold> find(std::string_view key);

    /// A new job takes a key that is free; gives the flags that say so.
    [[nodiscard]] std::int64_t hold(std::string_view key, const UniquePolicy& policy,
                                    const Hold& holder);
    /// The same for an ended job that goes on. None: another job holds its key.
    [[nodiscard]] std::optional<std::int64_t> hold_again(std::int64_t n);
    /// The job has one of unique_hold_flags and loses it.
    void release(std::int64_t n);

    /// An enqueue added nothing.
    void count_suppressed(std::string_view key, const Hold& hold);
    /// Before the rows of the job go.
    void forget(std::int64_t n);
    /// Removes at most `max` holds whose time has passed.
    void forget_expired(std::uint32_t max);

private:
    Connection& writer_;
    Timestamp now_;
};

/// Adds to the number of enqueues that were suppressed in this store.
void add_to_suppressed_ever(Connection& writer, std::uint64_t count);
[[nodiscard]] std::uint64_t suppressed_ever(Connection& reader);
[[nodiscard]] bool any_expired_hold(Connection& reader, Timestamp now);

}  // namespace errand::sqlite
