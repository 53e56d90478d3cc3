#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "store/checks.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace errand::sqlite {

namespace {

constexpr auto paused_queues = sql_named(sql::claim_sql, "paused_queues");
constexpr auto lane_has_ready = sql_named(sql::claim_sql, "lane_has_ready");
constexpr auto ready_keys = sql_named(sql::claim_sql, "ready_keys");
constexpr auto ready_jobs = sql_named(sql::claim_sql, "ready_jobs");
constexpr auto activate = sql_named(sql::claim_sql, "activate");
constexpr auto leave_ready = sql_named(sql::claim_sql, "leave_ready");

/// A queue's lanes that have something, and how many jobs are wanted of it.
struct QueueLanes {
    std::vector<Lane> lanes;
    std::uint32_t max_jobs;
};

std::set<std::string, std::less<>> read_paused(Connection& connection) {
    std::set<std::string, std::less<>> paused;
    for (auto rows = connection.statement(paused_queues).query(); rows.next();) {
        paused.insert(rows.string(0));
    }
    return paused;
}

/// Takes ready jobs in one open write transaction.
class Taker {
public:
    Taker(Connection& writer, const ClaimRequest& request, Timestamp now)
        : writer_(writer), request_(request), now_(now) {}

    void take(const QueueLanes& queue) {
        const auto first = leases.size();
        if (queue.lanes.size() == 1) {
            take_from(queue.lanes.front(), queue.max_jobs);
            return;
        }
        for (const auto& [index, count] : shares(queue))
            take_from(queue.lanes[index], count);
        std::sort(leases.begin() + static_cast<long>(first), leases.end(),
                  [](const Lease& a, const Lease& b) {
                      return std::tuple{-a.priority, a.scheduled_at, a.ref.row} <
                             std::tuple{-b.priority, b.scheduled_at, b.ref.row};
                  });
    }

    std::vector<Lease> leases;

private:
    /// How many of the queue's first jobs stand in each lane.
    std::map<std::size_t, std::uint32_t> shares(const QueueLanes& queue) {
        // (-priority, due, n, lane): the order of claiming
        std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::size_t>> keys;
        for (std::size_t i = 0; i < queue.lanes.size(); ++i) {
            auto rows = writer_.statement(ready_keys).query(queue.lanes[i].number, queue.max_jobs);
            while (rows.next())
                keys.emplace_back(-rows.int64(0), rows.int64(1), rows.int64(2), i);
        }
        const auto count = std::min<std::size_t>(keys.size(), queue.max_jobs);
        std::partial_sort(keys.begin(), keys.begin() + static_cast<long>(count), keys.end());
        std::map<std::size_t, std::uint32_t> counts;
        for (std::size_t i = 0; i < count; ++i)
            ++counts[std::get<3>(keys[i])];
        return counts;
    }

    void take_from(const Lane& lane, std::uint32_t count) {
        // The last key of each priority: what was read is a prefix of the lane, moved range by
        // range.
        struct RangeEnd {
            std::int64_t priority, due_at, n;
        };
        std::vector<RangeEnd> ends;
        for (auto rows = writer_.statement(ready_jobs).query(lane.number, count); rows.next();) {
            const RangeEnd key{rows.int64(0), rows.int64(1), rows.int64(2)};
            if (ends.empty() || ends.back().priority != key.priority) ends.push_back(key);
            ends.back() = key;
            leases.push_back(read_lease(rows, lane));
        }
        for (const auto& end : ends) {
            writer_.statement(activate).run(lane.number, end.priority, end.due_at, end.n,
                                            now_ + request_.lease, now_, request_.worker);
            writer_.statement(leave_ready).run(lane.number, end.priority, end.due_at, end.n);
        }
    }

    Lease read_lease(const Statement::Rows& rows, const Lane& lane) const {
        Lease lease;
        lease.priority = static_cast<std::int32_t>(rows.int64(0));
        lease.scheduled_at = rows.time(1);
        lease.ref.row = rows.int64(2);
        lease.attempt = static_cast<std::uint32_t>(rows.int64(3)) + 1;
        lease.ref.lease_seq = static_cast<std::uint64_t>(rows.int64(4)) + 1;
        lease.crashes = static_cast<std::uint32_t>(rows.int64(5));
        lease.interruptions = static_cast<std::uint32_t>(rows.int64(6));
        lease.ref.id = rows.job_id(7);
        lease.args = rows.string(8);
        lease.meta = rows.string(9);
        lease.max_attempts = static_cast<std::uint32_t>(rows.int64(10));
        lease.retry = retry_in(rows, 11);
        lease.timeout = duration_in(rows, 12);
        lease.queue = lane.queue;
        lease.type = lane.type;
        lease.claimed_at = now_;
        lease.lease_until = now_ + request_.lease;
        return lease;
    }

    Connection& writer_;
    const ClaimRequest& request_;
    Timestamp now_;
};

/// What there is to take, seen without a write transaction: an idle worker's look costs a read.
std::vector<QueueLanes> lanes_with_work(Connection& reader, const LaneTable& lanes,
                                        const ClaimRequest& request) {
    std::vector<QueueLanes> found;
    const auto paused = read_paused(reader);
    for (const auto& demand : request.queues) {
        if (demand.max_jobs == 0 || paused.contains(demand.queue)) continue;
        auto candidates = lanes.lanes_of(demand.queue, request.types);
        std::erase_if(candidates, [&](const Lane& lane) {
            return !reader.statement(lane_has_ready).query(lane.number).next();
        });
        if (!candidates.empty()) found.push_back({std::move(candidates), demand.max_jobs});
    }
    return found;
}

}  // namespace

std::optional<RetryPolicy> retry_in(const Statement::Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    try {
        return RetryPolicy::parse(rows.text(column));
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::vector<Lease> SqliteStore::claim(const ClaimRequest& request) {
    store::check_length("lease", request.lease);
    std::vector<QueueLanes> work;
    {
        auto reader = database_.read();
        lanes_.refresh(*reader);
        work = lanes_with_work(*reader, lanes_, request);
    }
    if (work.empty()) return {};
    std::vector<Lease> leases;
    database_.write([&] {
        Taker taker{database_.writer(), request, now()};
        const auto paused = read_paused(database_.writer());
        for (const auto& queue : work) {
            if (!paused.contains(queue.lanes.front().queue)) taker.take(queue);
        }
        leases = std::move(taker.leases);
    });
    return leases;
}

}  // namespace errand::sqlite
