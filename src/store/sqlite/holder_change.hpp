#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/turns.hpp"

#include <errand/job.hpp>

#include <cstdint>

namespace errand::sqlite {

/// What an enqueue changes of the job that holds its unique key, within one open write transaction.
class HolderChange {
public:
    HolderChange(Connection& writer, Turns& turns, Timestamp now)
        : writer_(writer), turns_(turns), now_(now) {}

    /// Does what the policy of `by` says. False: nothing, also as the holder `n` has begun, is gone
    /// or is of another type.
    bool apply(std::int64_t n, const NewJob& by);

    bool made_work = false;      ///< something may be claimed now
    bool made_due_time = false;  ///< something waits for another time

private:
    struct Holder;

    void replace_args(std::int64_t n, const NewJob& by);
    void reschedule(const Holder& holder, const NewJob& by);
    void put_off(const Holder& holder, Timestamp due);
    void move_within(const Holder& holder, std::int32_t rank, std::int64_t place);

    Connection& writer_;
    Turns& turns_;
    Timestamp now_;
};

}  // namespace errand::sqlite
