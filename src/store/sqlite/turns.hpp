#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace errand::sqlite {

/// The turns of keys within one open write transaction: who has one, and who is next. Keys are in
/// the form QUEUE/KEY. Where many end at once, see TurnHandover.
class Turns {
public:
    explicit Turns(Connection& writer) : writer_(writer) {}

    enum class Entry : std::uint8_t {
        free,     ///< keys hold nobody back in this queue
        taken,    ///< the job has a turn now: it gets flag_turn
        blocked,  ///< all turns are taken
    };
    /// A job wants to become available.
    [[nodiscard]] Entry enter(const std::string& key, std::int64_t n);

    /// A job that has a turn ends or gives it up; whoever is next becomes ready.
    void leave(std::int64_t n);
    /// Lets as many blocked jobs of the key in as there are turns.
    void admit(const std::string& key);

    bool admitted = false;  ///< somebody became ready

private:
    [[nodiscard]] std::uint32_t turns_of(std::string_view key);
    [[nodiscard]] std::int64_t taken(const std::string& key);

    Connection& writer_;
    // Neighbours mostly share their queue.
    std::string queue_;
    std::uint32_t queue_turns_ = 0;
};

}  // namespace errand::sqlite
