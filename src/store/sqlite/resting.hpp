#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/lanes.hpp"
#include "store/sqlite/turns.hpp"

#include <errand/job_id.hpp>

#include <cstdint>

namespace errand::sqlite {

class UniqueKeys;

/// A job that ended becomes available with its attempts counted from zero, within an open write
/// transaction; nothing else is asked.
void begin_ended_job(Connection& writer, Turns& turns, const LaneTable& lanes, const JobId& id);

/// Removes what is kept of a job besides its state row.
void remove_rows(Connection& writer, UniqueKeys& unique, std::int64_t n, std::int64_t flags);

}  // namespace errand::sqlite
