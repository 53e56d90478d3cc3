#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/turns.hpp"

#include <cstdint>
#include <vector>

namespace errand::sqlite {

/// Turns that end within one open write transaction, all of which go to whoever is next at once: as
/// Turns::leave() for each of them, but a key with one turn is not looked at itself. Only finish()
/// changes who has a turn.
class TurnHandover {
public:
    explicit TurnHandover(Connection& writer) : writer_(writer), turns_(writer) {}

    /// A job with flag_turn among its `flags` ends.
    void leave(std::int64_t flags);
    /// All jobs n in [first, last] that are active and have turns end. To be called while they
    /// still are active.
    void leave_run(std::int64_t first, std::int64_t last);
    /// Whoever is next becomes ready. True: somebody did.
    [[nodiscard]] bool finish();

private:
    void leave_one_by_one();
    [[nodiscard]] bool hand_on();

    Connection& writer_;
    Turns turns_;
    std::vector<std::int64_t> keys_;  // by number, once for each turn that ends
};

}  // namespace errand::sqlite
