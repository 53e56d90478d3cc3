#include "store/sqlite/extras.hpp"
#include "store/sqlite/flags.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/learning.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/signals.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/turn_handover.hpp"
#include "store/sqlite/unique_keys.hpp"
#include "store/sqlite/workflow_nodes.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

#include <algorithm>
#include <numeric>

namespace errand::sqlite {

namespace {

constexpr auto count_plain_run = sql_named(sql::settle_sql, "count_plain_run");
constexpr auto active_run = sql_named(sql::settle_sql, "active_run");
constexpr auto complete_run = sql_named(sql::settle_sql, "complete_run");
constexpr auto leave_active_run = sql_named(sql::settle_sql, "leave_active_run");
constexpr auto nodes_of_run = sql_named(sql::settle_sql, "nodes_of_run");
constexpr auto number_of = sql_named(sql::settle_sql, "number_of");
constexpr auto active_life = sql_named(sql::settle_sql, "active_life");
constexpr auto resting_lease_seq = sql_named(sql::settle_sql, "resting_lease_seq");
constexpr auto leave_active = sql_named(sql::settle_sql, "leave_active");
constexpr auto to_done = sql_named(sql::settle_sql, "to_done");
constexpr auto to_waiting = sql_named(sql::settle_sql, "to_waiting");
constexpr auto to_ready = sql_named(sql::settle_sql, "to_ready");

/// A completion that leaves nothing behind: the case that speed depends on.
bool is_plain(const Settlement& item) {
    return item.to == JobState::completed && item.lease.row != 0 && item.uses_attempt &&
           !item.counts_crash && !item.counts_interruption && item.result.empty() && !item.error &&
           !item.log && !item.slow_down;
}

/// Then the first of the two counts, and the items cannot be taken out of order.
bool may_name_a_job_twice(std::span<const Settlement> items) {
    std::vector<std::int64_t> rows;
    rows.reserve(items.size());
    for (const auto& item : items)
        rows.push_back(item.lease.row);
    std::ranges::sort(rows);
    return std::ranges::adjacent_find(rows) != rows.end() || std::ranges::binary_search(rows, 0);
}

/// Fewer jobs are settled one by one rather than looked at again as ranges.
constexpr std::size_t smallest_range = 8;

/// Positions in the list of plain items.
struct Part {
    std::size_t begin, end;
};

struct Life {
    std::int64_t lease_seq, attempt, crashes, interruptions, flags, started_at, worker;
};

/// Settles items in one open write transaction.
class Settler {
public:
    Settler(Connection& writer, Timestamp now, const Limits& limits)
        : writer_(writer), now_(now), limits_(limits), turns_(writer) {}

    std::vector<SettleResult> settle(std::span<const Settlement> items) {
        settle_all(items);
        if (turns_.finish()) available = true;
        return std::move(results_);
    }

    bool ended = false;
    bool available = false;  ///< somebody may be able to begin now
    bool waiting = false;
    NodeEnds node_ends;

private:
    void settle_all(std::span<const Settlement> items) {
        results_.assign(items.size(), SettleResult::ok);
        if (may_name_a_job_twice(items)) {
            for (std::size_t i = 0; i < items.size(); ++i)
                results_[i] = settle_one(items[i]);
            return;
        }
        std::vector<std::size_t> plain;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (is_plain(items[i])) {
                plain.push_back(i);
            } else {
                results_[i] = settle_one(items[i]);
            }
        }
        std::ranges::sort(plain, {}, [&](std::size_t i) { return items[i].lease.row; });
        settle_plain(items, plain);
    }

    /// Jobs claimed together mostly end together: what lies between the first and the last of them
    /// is moved as one range where nothing else is active there.
    void settle_plain(std::span<const Settlement> items, const std::vector<std::size_t>& order) {
        std::vector<const LeaseRef*> leases;
        leases.reserve(order.size());
        for (const auto i : order)
            leases.push_back(&items[i].lease);
        std::vector<Part> parts;  // yet to be settled
        for (std::size_t begin = 0; begin < order.size();) {
            auto end = begin + 1;
            while (end < order.size() && leases[end]->lease_seq == leases[begin]->lease_seq)
                ++end;
            parts.push_back({begin, end});
            begin = end;
        }
        while (!parts.empty()) {
            const auto [begin, end] = parts.back();
            parts.pop_back();
            if (complete_range(std::span{leases}.subspan(begin, end - begin))) continue;
            if (end - begin > smallest_range) {
                const auto middle = begin + (end - begin) / 2;
                parts.push_back({begin, middle});
                parts.push_back({middle, end});
            } else {
                for (auto i = begin; i < end; ++i)
                    results_[order[i]] = settle_one(items[order[i]]);
            }
        }
    }

    /// False: other jobs are active in between, or not all of these are plain any more (stale,
    /// cancelled, unique); nothing was changed. `leases` have one lease_seq and stand by row.
    bool complete_range(std::span<const LeaseRef* const> leases) {
        const auto first = leases.front()->row;
        const auto last = leases.back()->row;
        const bool without_gaps = last - first + 1 == static_cast<std::int64_t>(leases.size());
        bool have_turns = false;
        std::size_t nodes = 0;
        if (without_gaps ? !all_plain(leases, have_turns, nodes)
                         : !only_these(leases, have_turns, nodes)) {
            return false;
        }
        if (have_turns) turns_.leave_run(first, last);
        if (nodes > 0) note_nodes(leases, nodes);
        writer_.statement(complete_run).run(first, last, now_);
        writer_.statement(leave_active_run).run(first, last);
        ended = true;
        return true;
    }

    /// Neighbours in number: it is enough to count.
    bool all_plain(std::span<const LeaseRef* const> leases, bool& have_turns, std::size_t& nodes) {
        auto rows = writer_.statement(count_plain_run)
                        .query(leases.front()->row, leases.back()->row, leases.front()->lease_seq);
        if (!rows.next() || rows.int64(0) != static_cast<std::int64_t>(leases.size())) return false;
        have_turns = rows.int64(1) != 0;
        nodes = static_cast<std::size_t>(rows.int64(2));
        return true;
    }

    /// So many of these belong to workflows.
    void note_nodes(std::span<const LeaseRef* const> leases, std::size_t nodes) {
        if (nodes == leases.size()) {
            for (const auto* lease : leases)
                node_ends.note(lease->row, JobState::completed);
            return;
        }
        const auto first = leases.front()->row;
        const auto last = leases.back()->row;
        for (auto rows = writer_.statement(nodes_of_run).query(first, last); rows.next();)
            node_ends.note(rows.int64(0), JobState::completed);
    }

    /// Nothing else is active there.
    bool only_these(std::span<const LeaseRef* const> leases, bool& have_turns, std::size_t& nodes) {
        auto rows = writer_.statement(active_run).query(leases.front()->row, leases.back()->row);
        for (const auto* lease : leases) {
            const bool plain =
                rows.next() && rows.int64(0) == lease->row &&
                rows.int64(1) == static_cast<std::int64_t>(lease->lease_seq) &&
                (rows.int64(2) & ~(flag_turn | turn_key_bits | flag_in_workflow)) == 0;
            if (!plain) return false;
            have_turns |= (rows.int64(2) & flag_turn) != 0;
            if ((rows.int64(2) & flag_in_workflow) != 0) ++nodes;
        }
        return true;  // the last one stands at the end of the range
    }

    SettleResult settle_one(const Settlement& item) {
        const auto n = item.lease.row != 0 ? item.lease.row : find_number(item.lease.id);
        const auto life = read_life(n);
        if (!life) return resting_result(n, item.lease.lease_seq);
        if (life->lease_seq != static_cast<std::int64_t>(item.lease.lease_seq)) {
            return SettleResult::lease_lost;
        }
        const bool cancelled = (life->flags & flag_cancel_requested) != 0;
        move(n, item, *life, cancelled ? JobState::cancelled : item.to);
        return cancelled && item.to != JobState::cancelled ? SettleResult::recorded_cancel
                                                           : SettleResult::ok;
    }

    std::int64_t find_number(const JobId& id) {
        auto rows = writer_.statement(number_of).query(id);
        return rows.next() ? rows.int64(0) : 0;
    }

    std::optional<Life> read_life(std::int64_t n) {
        auto rows = writer_.statement(active_life).query(n);
        if (!rows.next()) return std::nullopt;
        return Life{rows.int64(0), rows.count(1), rows.count(2), rows.count(3),
                    rows.int64(4), rows.int64(5), rows.int64(6)};
    }

    SettleResult resting_result(std::int64_t n, std::uint64_t lease_seq) {
        auto rows = writer_.statement(resting_lease_seq).query(n);
        const bool same =
            lease_seq != 0 && rows.next() && rows.int64(0) == static_cast<std::int64_t>(lease_seq);
        return same ? SettleResult::already_settled : SettleResult::lease_lost;
    }

    void move(std::int64_t n, const Settlement& item, const Life& before, JobState to) {
        Life life = before;
        if (!item.uses_attempt && life.attempt > 0) --life.attempt;
        if (item.counts_crash) ++life.crashes;
        if (item.counts_interruption) ++life.interruptions;
        life.flags &= lasting_flags;
        if (item.error || item.log) life.flags |= flag_has_extras;
        writer_.statement(leave_active).run(n);
        if (is_end(to)) {
            if ((life.flags & unique_hold_flags) != 0) UniqueKeys{writer_, now_}.release(n);
            if ((life.flags & flag_turn) != 0) turns_.leave(life.flags);
            if ((life.flags & flag_in_workflow) != 0) node_ends.note(n, to);
            life.flags &= flags_of_the_ended;
            end(n, to, life, item.to == JobState::completed ? item.result : std::string_view{});
        } else if (to == JobState::available || signal_came(n, item)) {
            writer_.statement(to_ready).run(n, life.attempt, life.lease_seq, life.crashes,
                                            life.interruptions, life.flags, life.started_at,
                                            life.worker);
            available = true;
        } else {
            writer_.statement(to_waiting)
                .run(n, to, now_ + item.delay, life.attempt, life.lease_seq, life.crashes,
                     life.interruptions, life.flags, life.started_at, life.worker,
                     null_if_empty(item.signal));
            waiting = true;
        }
        keep_extras(n, item, before);
    }

    /// It would wait for a signal that is there already.
    bool signal_came(std::int64_t n, const Settlement& item) {
        return !item.signal.empty() && has_signal(writer_, n, item.signal);
    }

    void end(std::int64_t n, JobState to, const Life& life, std::string_view result) {
        writer_.statement(to_done).run(n, to, now_, life.attempt, life.lease_seq, life.crashes,
                                       life.interruptions, life.flags, life.started_at, life.worker,
                                       null_if_empty(result));
        ended = true;
    }

    void keep_extras(std::int64_t n, const Settlement& item, const Life& before) {
        if (item.error) keep_error(writer_, n, *item.error, limits_);
        if (item.log) keep_log(writer_, n, before.lease_seq, before.attempt, *item.log, limits_);
    }

    Connection& writer_;
    Timestamp now_;
    const Limits& limits_;
    TurnHandover turns_;
    std::vector<SettleResult> results_;
};

}  // namespace

std::vector<SettleResult> SqliteStore::settle(std::span<const Settlement> items) {
    store::check_settlements(items, database_.options().limits);
    if (items.empty()) return {};
    base::failpoint("settle.before_begin");
    std::vector<SettleResult> results;
    bool ended = false;
    bool available = false;
    bool waiting = false;
    FollowUp follow_up;
    database_.write([&] {
        base::failpoint("settle.after_begin");
        auto& writer = database_.writer();
        const auto time = now();
        Learning learning{writer, lanes_, time};
        learning.learn(items);
        SettlementEvents told{database_.events(), writer, lanes_, items};
        Settler settler{writer, time, database_.options().limits};
        results = settler.settle(items);
        told.note(results, time);
        follow_up = follow(settler.node_ends);
        ended = settler.ended;
        available = settler.available || learning.makes_room();
        waiting = settler.waiting;
        base::failpoint("settle.before_commit");
    });
    base::failpoint("settle.after_commit");
    if (ended) wake(WakeChannel::ended);
    if (available) wake(WakeChannel::work);
    if (waiting) wake(WakeChannel::schedule);
    tell(follow_up);
    return results;
}

}  // namespace errand::sqlite
