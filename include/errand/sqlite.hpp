#pragma once

#include <errand/limits.hpp>
#include <errand/store/types.hpp>

#include <span>
#include <vector>

struct sqlite3;

namespace errand {

/// Enqueues inside the caller's own open transaction: the jobs exist if and only if that
/// transaction commits. `connection` must be on a database file that an errand store was opened on
/// before (the errand tables live beside the caller's own), with a write transaction open (BEGIN
/// IMMEDIATE). After the commit call `store->wake(WakeChannel::work)`; without it workers notice
/// within a second, as readers of events do. Nothing else is kept from the call. Throws Error:
/// invalid_argument, limit_exceeded, and store_unavailable, after which the caller should roll
/// back.
std::vector<InsertResult> enqueue_in_transaction(sqlite3* connection, std::vector<NewJob> jobs,
                                                 const Limits& limits = {});

}  // namespace errand
