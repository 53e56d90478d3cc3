#include "store/sqlite/front.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto ready_keys = sql_named(sql::claim_sql, "ready_keys");
constexpr auto ready_keys_with_weight = sql_named(sql::claim_sql, "ready_keys_with_weight");
constexpr auto ready_jobs = sql_named(sql::claim_sql, "ready_jobs");

Lease read_lease(const Statement::Rows& rows, const Lane& lane) {
    Lease lease;
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
    lease.priority = static_cast<std::int32_t>(rows.int64(13));
    lease.scheduled_at = rows.time(14);
    lease.key = key_of(rows.text(15));
    lease.expires_at = time_in(rows, 16);
    lease.queue = lane.queue;
    lease.type = lane.type;
    return lease;
}

}  // namespace

std::vector<Lease> Front::in_order() && {
    if (std::ranges::is_sorted(turns)) return std::move(leases);
    std::vector<std::size_t> order(leases.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return turns[i]; });
    std::vector<Lease> sorted;
    sorted.reserve(leases.size());
    for (const auto i : order)
        sorted.push_back(std::move(leases[i]));
    return sorted;
}

Front FrontReader::read(const QueueLanes& queue) {
    Front front;
    if (rules_ == nullptr && queue.lanes.size() == 1) {
        front.leases.reserve(queue.max_jobs);
        front.turns.reserve(queue.max_jobs);
        read_lane(queue.lanes.front(), queue.max_jobs, front);
        return front;
    }
    for (const auto& [index, count] : rules_ != nullptr ? allowed_shares(queue) : shares(queue))
        read_lane(queue.lanes[index], count, front);
    return front;
}

/// How many of the queue's first jobs stand in each lane.
FrontReader::Shares FrontReader::shares(const QueueLanes& queue) {
    std::vector<std::pair<Turn, std::size_t>> keys;
    for (std::size_t i = 0; i < queue.lanes.size(); ++i) {
        auto rows = connection_.statement(ready_keys).query(queue.lanes[i].number, queue.max_jobs);
        while (rows.next())
            keys.emplace_back(Turn{~rows.int64(0), rows.int64(1), rows.int64(2)}, i);
    }
    const auto count = std::min<std::size_t>(keys.size(), queue.max_jobs);
    std::partial_sort(keys.begin(), keys.begin() + static_cast<long>(count), keys.end());
    Shares counts;
    for (std::size_t i = 0; i < count; ++i)
        ++counts[keys[i].second];
    return counts;
}

/// For each lane the first one that the rules treat alike: a key that no rule names any more still
/// has lanes of its own.
std::vector<std::size_t> FrontReader::lanes_that_end_together(const QueueLanes& queue) const {
    std::map<std::array<std::string_view, 3>, std::size_t> firsts;
    std::vector<std::size_t> together;
    for (const auto& lane : queue.lanes) {
        const bool apart = !lane.key.empty() && rules_->names_key(lane.key);
        const auto key = apart ? std::string_view{lane.key} : std::string_view{};
        together.push_back(
            firsts.try_emplace({lane.type, key, lane.needs}, together.size()).first->second);
    }
    return together;
}

/// The same under limits: a lane ends where one of them does not allow its next job, and the others
/// go on. Of a lane that is closed from the start only the first job is looked at.
FrontReader::Shares FrontReader::allowed_shares(const QueueLanes& queue) {
    struct Key {
        Turn turn;
        std::size_t lane;
        std::uint32_t weight;
        auto operator<=>(const Key&) const = default;
    };
    const auto sql = rules_->any_rate() ? ready_keys_with_weight : ready_keys;
    const auto read_keys = [&](std::size_t lane, std::uint32_t most, std::vector<Key>& keys) {
        auto rows = connection_.statement(sql).query(queue.lanes[lane].number, most);
        while (rows.next()) {
            const auto weight = rules_->any_rate() ? static_cast<std::uint32_t>(rows.count(3)) : 1;
            keys.push_back({{~rows.int64(0), rows.int64(1), rows.int64(2)}, lane, weight});
        }
    };
    std::vector<Key> keys;
    for (std::size_t i = 0; i < queue.lanes.size(); ++i) {
        std::vector<Key> first;
        read_keys(i, 1, first);
        const bool closed =
            !first.empty() && !rules_->allows(queue.lanes[i], first.front().weight, now_);
        read_keys(i, closed ? 1 : queue.max_jobs, keys);
    }
    std::ranges::sort(keys);
    Shares counts;
    const auto together = lanes_that_end_together(queue);
    std::vector<bool> ended(queue.lanes.size());
    std::uint32_t wanted = queue.max_jobs;
    for (const auto& key : keys) {
        if (wanted == 0) break;
        if (ended[together[key.lane]]) continue;
        if (rules_->admit(queue.lanes[key.lane], key.weight, now_)) {
            ++counts[key.lane];
            --wanted;
        } else {
            ended[together[key.lane]] = true;
        }
    }
    return counts;
}

void FrontReader::read_lane(const Lane& lane, std::uint32_t count, Front& front) {
    const auto first = front.ranges.size();
    auto& ranges = front.ranges;
    for (auto rows = connection_.statement(ready_jobs).query(lane.number, count); rows.next();) {
        const auto rank = rows.int64(0);
        const Spot spot{rows.int64(1), rows.int64(2)};
        if (ranges.size() == first || ranges.back().rank != rank) {
            ranges.push_back({lane.number, rank, spot, spot, 0});
        }
        auto& range = ranges.back();
        range.last = spot;
        ++range.count;
        front.turns.emplace_back(~rank, spot.place, spot.n);
        front.leases.push_back(read_lease(rows, lane));
        const auto flags = rows.int64(17);
        front.leases.back().in_workflow = (flags & flag_in_workflow) != 0;
        front.any_unique |= (flags & flag_unique) != 0;
        if ((flags & flag_holds_waiting) != 0) front.frees.push_back(spot.n);
    }
}

}  // namespace errand::sqlite
