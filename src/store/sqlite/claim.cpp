#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace errand::sqlite {

namespace {

constexpr auto paused_queues = sql_named(sql::claim_sql, "paused_queues");
constexpr auto lane_has_ready = sql_named(sql::claim_sql, "lane_has_ready");
constexpr auto ready_keys = sql_named(sql::claim_sql, "ready_keys");
constexpr auto ready_jobs = sql_named(sql::claim_sql, "ready_jobs");
constexpr auto ready_range = sql_named(sql::claim_sql, "ready_range");
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

/// The last key of the jobs of one lane and priority that are to be taken: with those before it
/// they are a prefix of the lane, and are moved as one range.
struct Range {
    std::int64_t lane, priority, due_at, n;
    std::size_t count;
};

/// The first jobs of a queue, as they stood when they were read.
struct Front {
    std::vector<Range> ranges;
    std::vector<Lease> leases;  ///< range by range
    bool taken = false;
};

class FrontReader {
public:
    explicit FrontReader(Connection& connection) : connection_(connection) {}

    Front read(const QueueLanes& queue) {
        front_.leases.reserve(queue.max_jobs);
        if (queue.lanes.size() == 1) {
            read_lane(queue.lanes.front(), queue.max_jobs);
        } else {
            for (const auto& [index, count] : shares(queue))
                read_lane(queue.lanes[index], count);
        }
        return std::move(front_);
    }

private:
    /// How many of the queue's first jobs stand in each lane.
    std::map<std::size_t, std::uint32_t> shares(const QueueLanes& queue) {
        // (-priority, due, n, lane): the order of claiming
        std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::size_t>> keys;
        for (std::size_t i = 0; i < queue.lanes.size(); ++i) {
            auto rows =
                connection_.statement(ready_keys).query(queue.lanes[i].number, queue.max_jobs);
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

    void read_lane(const Lane& lane, std::uint32_t count) {
        const auto first = front_.ranges.size();
        auto& ranges = front_.ranges;
        for (auto rows = connection_.statement(ready_jobs).query(lane.number, count);
             rows.next();) {
            const auto priority = rows.int64(0);
            if (ranges.size() == first || ranges.back().priority != priority) {
                ranges.push_back({lane.number, priority, 0, 0, 0});
            }
            auto& range = ranges.back();
            range.due_at = rows.int64(1);
            range.n = rows.int64(2);
            ++range.count;
            front_.leases.push_back(read_lease(rows, lane));
        }
    }

    static Lease read_lease(const Statement::Rows& rows, const Lane& lane) {
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
        return lease;
    }

    Connection& connection_;
    Front front_;
};

/// Takes fronts in one open write transaction.
class Taker {
public:
    Taker(Connection& writer, const ClaimRequest& request, Timestamp now)
        : writer_(writer), request_(request), now_(now) {}

    /// False: other jobs stand there by now.
    bool still_stands(const Front& front) {
        auto lease = front.leases.begin();
        for (const auto& range : front.ranges) {
            auto rows = writer_.statement(ready_range)
                            .query(range.lane, range.priority, range.due_at, range.n);
            for (std::size_t i = 0; i < range.count; ++i, ++lease) {
                const bool same =
                    rows.next() && rows.int64(0) == lease->ref.row &&
                    static_cast<std::uint64_t>(rows.int64(1)) + 1 == lease->ref.lease_seq;
                if (!same) return false;
            }
            if (rows.next()) return false;
        }
        return true;
    }

    void take(Front& front) {
        for (const auto& range : front.ranges) {
            writer_.statement(activate).run(range.lane, range.priority, range.due_at, range.n,
                                            now_ + request_.lease, now_, request_.worker);
            writer_.statement(leave_ready).run(range.lane, range.priority, range.due_at, range.n);
        }
        front.taken = true;
        for (auto& lease : front.leases) {
            lease.claimed_at = now_;
            lease.lease_until = now_ + request_.lease;
        }
    }

private:
    Connection& writer_;
    const ClaimRequest& request_;
    Timestamp now_;
};

/// The leases taken, queue by queue in the order of claiming.
std::vector<Lease> in_order(std::vector<Front> fronts) {
    constexpr auto place = [](const Lease& lease) {
        return std::tuple{-lease.priority, lease.scheduled_at, lease.ref.row};
    };
    std::vector<Lease> leases;
    for (auto& front : fronts) {
        if (!front.taken) continue;
        if (!std::ranges::is_sorted(front.leases, {}, place)) {
            std::ranges::sort(front.leases, {}, place);
        }
        if (leases.empty()) {
            leases = std::move(front.leases);
        } else {
            std::ranges::move(front.leases, std::back_inserter(leases));
        }
    }
    return leases;
}

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
    base::failpoint("claim.before_begin");
    // Read beside the writer, which has the less to do in its transaction: it only makes sure that
    // nothing has changed, and moves the rows.
    std::vector<QueueLanes> work;
    std::vector<Front> fronts;
    {
        auto reader = database_.read();
        lanes_.refresh(*reader);
        work = lanes_with_work(*reader, lanes_, request);
        for (const auto& queue : work)
            fronts.push_back(FrontReader{*reader}.read(queue));
    }
    if (work.empty()) return {};
    // Losing a claim with the power loses nothing: its handler is gone, too, and the job is still
    // there. note_boot() keeps the next boot from giving out the same lease numbers.
    const auto take = [&] {
        base::failpoint("claim.after_begin");
        auto& writer = database_.writer();
        Taker taker{writer, request, now()};
        const auto paused = read_paused(writer);
        for (std::size_t i = 0; i < work.size(); ++i) {
            auto& front = fronts[i];
            front.taken = false;
            if (paused.contains(work[i].lanes.front().queue)) continue;
            if (!taker.still_stands(front)) front = FrontReader{writer}.read(work[i]);
            taker.take(front);
        }
        base::failpoint("claim.before_commit");
    };
    database_.write(take, Sync::not_needed);
    base::failpoint("claim.after_commit");
    return in_order(std::move(fronts));
}

}  // namespace errand::sqlite
