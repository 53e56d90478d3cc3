#include "store/sqlite/front_taker.hpp"

#include "store/sqlite/sql.hpp"
#include "store/sqlite/unique_keys.hpp"

#include <algorithm>
#include <limits>

namespace errand::sqlite {

namespace {

constexpr auto ready_range = sql_named(sql::claim_sql, "ready_range");
constexpr auto activate = sql_named(sql::claim_sql, "activate");
constexpr auto leave_ready = sql_named(sql::claim_sql, "leave_ready");
constexpr auto advance_virtual_time = sql_named(sql::claim_sql, "advance_virtual_time");

}  // namespace

bool FrontTaker::still_stands(const Front& front) {
    // An enqueue may have changed the args of the same job.
    if (front.any_unique) return false;
    auto lease = front.leases.begin();
    for (const auto& [lane, rank, first, last, count] : front.ranges) {
        auto rows = writer_.statement(ready_range)
                        .query(lane, rank, first.place, first.n, last.place, last.n);
        for (std::size_t i = 0; i < count; ++i, ++lease) {
            const bool same = rows.next() && rows.int64(0) == lease->ref.row &&
                              static_cast<std::uint64_t>(rows.int64(1)) + 1 == lease->ref.lease_seq;
            if (!same) return false;
        }
        if (rows.next()) return false;
    }
    return true;
}

void FrontTaker::take(Front& front) {
    auto newest = std::numeric_limits<std::int64_t>::min();
    for (const auto& [lane, rank, first, last, count] : front.ranges) {
        writer_.statement(activate).run(lane, rank, first.place, first.n, last.place, last.n,
                                        now_ + request_.lease, now_, request_.worker);
        writer_.statement(leave_ready).run(lane, rank, first.place, first.n, last.place, last.n);
        newest = std::max(newest, last.place);
    }
    front.taken = true;
    for (const auto n : front.frees)
        UniqueKeys{writer_, now_}.release(n);
    if (front.leases.empty()) return;
    writer_.statement(advance_virtual_time).run(front.leases.front().queue, newest);
    for (auto& lease : front.leases) {
        lease.claimed_at = now_;
        lease.lease_until = now_ + request_.lease;
    }
}

}  // namespace errand::sqlite
