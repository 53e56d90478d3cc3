#include "store/sqlite/learning.hpp"

#include "store/sqlite/rules.hpp"
#include "store/sqlite/sql.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto limit_kinds = sql_named(sql::settle_sql, "limit_kinds");
constexpr auto learning_limits = sql_named(sql::settle_sql, "learning_limits");
constexpr auto leased_since = sql_named(sql::settle_sql, "leased_since");
constexpr auto number_of = sql_named(sql::settle_sql, "number_of");
constexpr auto note_memory = sql_named(sql::claim_sql, "note_memory");

bool is_bad(const Settlement& item) {
    return item.target == TargetHealth::bad;
}

bool asks_for_rest(const Settlement& item) {
    return item.slow_down.has_value();
}

std::int64_t find_number(Connection& writer, const LeaseRef& lease) {
    if (lease.row != 0) return lease.row;
    auto rows = writer.statement(number_of).query(lease.id);
    return rows.next() ? rows.int64(0) : 0;
}

}  // namespace

Learning::Learning(Connection& writer, const LaneTable& lanes, Timestamp now)
    : writer_(writer), lanes_(lanes), now_(now) {
    auto rows = writer_.statement(limit_kinds).query();
    if (!rows.next()) return;
    counts_leases_ = rows.int64(0) != 0;
    has_breakers_ = rows.int64(1) != 0;
}

void Learning::learn(std::span<const Settlement> items) {
    const bool rests = std::ranges::any_of(items, asks_for_rest);
    if (!has_breakers_ && !rests) return;
    read_limits();
    // What begins under a breaker that is not closed waits for the lease before it.
    counts_leases_ = counts_leases_ || std::ranges::any_of(limits_, [](const Learner& each) {
                         return core::counts_leases(each.limit, each.memory);
                     });
    // Successes change nothing then, and they are what speed depends on.
    if (!rests && all_at_rest() && std::ranges::none_of(items, is_bad)) return;
    std::set<std::int64_t> seen;
    for (const auto& item : items) {
        // Also of one that tells nothing: it ends the lease, and a second one for it comes too
        // late.
        const auto n = find_number(writer_, item.lease);
        if (!seen.contains(n) && learn_from(item, n)) seen.insert(n);
    }
    write();
}

void Learning::read_limits() {
    for (auto rows = writer_.statement(learning_limits).query(); rows.next();) {
        auto limit = limit_in(rows, 0);
        if (limit) limits_.push_back({std::move(*limit), memory_in(rows, 5)});
    }
}

bool Learning::all_at_rest() const {
    return std::ranges::all_of(limits_, [](const Learner& each) {
        return !each.limit.breaker || each.memory.breaker.is_at_rest();
    });
}

bool Learning::learn_from(const Settlement& item, std::int64_t n) {
    std::int64_t lane_number = 0;
    Timestamp began;
    {
        auto rows = writer_.statement(leased_since).query(n, item.lease.lease_seq);
        if (!rows.next()) return false;
        lane_number = rows.int64(0);
        began = rows.time(1);
    }
    // It ends the lease all the same, so a second one of this call would come too late.
    if (item.target == TargetHealth::unknown && !item.slow_down) return true;
    const auto lane = lanes_.at(lane_number, writer_);
    for (auto& each : limits_) {
        if (!holds(each.limit.scope, lane)) continue;
        if (core::learn(each.limit, each.memory, item.target, began, now_)) each.learned = true;
    }
    if (item.slow_down) slow_down(lane, *item.slow_down);
    return true;
}

void Learning::slow_down(const Lane& lane, Duration length) {
    Learner* narrowest = nullptr;
    for (auto& each : limits_) {
        if (!each.limit.rate || !holds(each.limit.scope, lane)) continue;
        if (narrowest == nullptr || narrowest->limit.scope.kind < each.limit.scope.kind) {
            narrowest = &each;
        }
    }
    if (narrowest == nullptr) return;
    narrowest->memory.slow_down.ask(now_, length);
    narrowest->learned = true;
}

void Learning::write() {
    for (const auto& each : limits_) {
        if (!each.learned) continue;
        const auto& [breaker, rest] = each.memory;
        writer_.statement(note_memory)
            .run(to_string(each.limit.scope), breaker.text(), rest.text());
    }
}

}  // namespace errand::sqlite
