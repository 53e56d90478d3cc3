#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/turns.hpp"

#include <cstdint>

namespace errand::sqlite {

/// Turns that end within one open write transaction, all of which go to whoever is next at once: as
/// Turns::leave() for each of them, at the cost of a few statements for all. Needs a connection of
/// our own, which gets a temporary table at the first use. Only finish() changes who has a turn.
class TurnHandover {
public:
    explicit TurnHandover(Connection& writer) : writer_(writer), turns_(writer) {}

    /// The job n, which has a turn, ends.
    void leave(std::int64_t n);
    /// All jobs n in [first, last] that are active and have turns end. To be called while they
    /// still are active.
    void leave_run(std::int64_t first, std::int64_t last);
    /// Whoever is next becomes ready. True: somebody did.
    bool finish();

private:
    void begin();
    void leave_one_by_one();

    Connection& writer_;
    Turns turns_;
    bool begun_ = false;
};

}  // namespace errand::sqlite
