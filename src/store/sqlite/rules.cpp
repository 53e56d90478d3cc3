#include "store/sqlite/rules.hpp"

#include "store/sqlite/sql.hpp"

#include <errand/error.hpp>

#include <algorithm>

namespace errand::sqlite {

namespace {

constexpr auto rules = sql_named(sql::claim_sql, "rules");
constexpr auto held_by_lane = sql_named(sql::claim_sql, "held_by_lane");
constexpr auto note_taken = sql_named(sql::claim_sql, "note_taken");
constexpr auto note_closed = sql_named(sql::claim_sql, "note_closed");

}  // namespace

bool holds(const Scope& scope, const Lane& lane) {
    switch (scope.kind) {
        case Scope::Kind::global:
            return true;
        case Scope::Kind::queue:
            return scope.name == lane.queue;
        case Scope::Kind::type:
            return scope.name == lane.type;
        case Scope::Kind::key:
            return scope.name == lane.key;
    }
    return false;
}

std::optional<Limit> limit_in(const Statement::Rows& rows, int column) {
    try {
        Limit limit{Scope::parse(rows.text(column))};
        if (!rows.is_null(column + 1)) {
            limit.concurrency = static_cast<std::uint32_t>(rows.count(column + 1));
        }
        if (!rows.is_null(column + 2)) limit.rate = Rate::parse(rows.text(column + 2));
        return limit;
    } catch (const Error&) {
        return std::nullopt;
    }
}

Rules Rules::read(Connection& connection) {
    Rules found;
    for (auto rows = connection.statement(rules).query(); rows.next();) {
        auto limit = limit_in(rows, 1);
        if (!limit) continue;
        if (rows.int64(0) != 0) {
            found.paused_.insert(std::move(limit->scope));
        } else {
            auto taken = core::RateState::parse(rows.text(4));
            found.limits_.push_back({std::move(*limit), std::move(taken)});
        }
    }
    return found;
}

bool Rules::paused(const Lane& lane) const {
    return std::ranges::any_of(paused_, [&](const Scope& scope) { return holds(scope, lane); });
}

bool Rules::any_rate() const noexcept {
    return std::ranges::any_of(limits_,
                               [](const Counted& each) { return each.limit.rate.has_value(); });
}

void Rules::count_held(Connection& connection, const LaneTable& lanes) {
    const bool counts = std::ranges::any_of(
        limits_, [](const Counted& each) { return each.limit.concurrency.has_value(); });
    if (!counts) return;
    for (auto rows = connection.statement(held_by_lane).query(); rows.next();) {
        const auto lane = lanes.at(rows.int64(0), connection);
        for (auto& each : limits_) {
            if (holds(each.limit.scope, lane))
                each.held += static_cast<std::uint64_t>(rows.int64(1));
        }
    }
}

/// The first limit that does not allow it; none: all do.
const Rules::Counted* Rules::obstacle(const Lane& lane, std::uint32_t weight, Timestamp now) const {
    for (const auto& each : limits_) {
        const auto& limit = each.limit;
        if (!holds(limit.scope, lane)) continue;
        if (limit.concurrency && each.held >= *limit.concurrency) return &each;
        if (!limit.rate) continue;
        if (each.taken.available(*limit.rate, now) < core::cost_of(*limit.rate, weight)) {
            return &each;
        }
    }
    return nullptr;
}

bool Rules::allows(const Lane& lane, std::uint32_t weight, Timestamp now) const {
    return obstacle(lane, weight, now) == nullptr;
}

bool Rules::admit(const Lane& lane, std::uint32_t weight, Timestamp now) {
    if (const auto* found = obstacle(lane, weight, now)) {
        auto& limit = limits_[static_cast<std::size_t>(found - limits_.data())];
        const auto& bounds = limit.limit;
        const bool full = bounds.concurrency && limit.held >= *bounds.concurrency;
        if (!full) {
            limit.opens_at =
                limit.taken.next(*bounds.rate, now, core::cost_of(*bounds.rate, weight));
        }
        return false;
    }
    for (auto& each : limits_) {
        if (!holds(each.limit.scope, lane)) continue;
        ++each.held;
        if (!each.limit.rate) continue;
        each.taken.take(*each.limit.rate, now, core::cost_of(*each.limit.rate, weight));
        each.took = true;
    }
    return true;
}

bool Rules::write(Connection& writer) const {
    bool closed = false;
    for (const auto& each : limits_) {
        const auto scope = to_string(each.limit.scope);
        if (each.took) writer.statement(note_taken).run(scope, each.taken.text());
        if (!each.opens_at) continue;
        writer.statement(note_closed).run(scope, *each.opens_at);
        closed = true;
    }
    return closed;
}

}  // namespace errand::sqlite
