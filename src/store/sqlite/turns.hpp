#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errand::sqlite {

/// The turns of keys within one open write transaction: who has one, and who is next. Keys are in
/// the form QUEUE/KEY; in the tables a number stands for each. Where many end at once, see
/// TurnHandover.
class Turns {
public:
    explicit Turns(Connection& writer) : writer_(writer) {}

    struct Entry {
        bool blocked = false;         ///< all turns are taken
        std::int64_t key_number = 0;  ///< of a key that has turns in this queue
        std::int64_t flags = 0;       ///< that the job gets: turn_of() its key, if it has one now
    };
    /// The job n wants to become available.
    [[nodiscard]] Entry enter(const std::string& key, std::int64_t n);

    /// A job with flag_turn among its `flags` ends or gives its turn up; whoever is next becomes
    /// ready.
    void leave(std::int64_t flags);
    /// Lets as many blocked jobs of the key in as there are turns.
    void admit(std::int64_t key_number);

    bool admitted = false;  ///< somebody became ready

private:
    [[nodiscard]] std::uint32_t turns_of(std::string_view key);
    [[nodiscard]] std::optional<std::int64_t> let_in_first(std::int64_t key_number,
                                                           std::int64_t flags);

    Connection& writer_;
    // Neighbours mostly share their queue.
    std::string queue_;
    std::uint32_t queue_turns_ = 0;
};

}  // namespace errand::sqlite
