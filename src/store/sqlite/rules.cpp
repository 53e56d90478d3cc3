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

bool Rules::names_key(std::string_view key) const {
    const auto scope = Scope::key(key);
    return paused_.contains(scope) || std::ranges::any_of(limits_, [&](const Counted& each) {
               return each.limit.scope == scope;
           });
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

bool Rules::Counted::full() const noexcept {
    return limit.concurrency && held >= *limit.concurrency;
}

bool Rules::Counted::rate_allows(std::uint32_t weight, Timestamp now) const {
    return !limit.rate || taken.available(*limit.rate, now) >= core::cost_of(*limit.rate, weight);
}

void Rules::Counted::close(std::uint32_t weight, Timestamp now) {
    const auto& rate = *limit.rate;
    taken.take(rate, now, 0);  // a clock that went back is noted
    took = true;
    const auto next = taken.next(rate, now, core::cost_of(rate, weight));
    opens_at = std::min(opens_at.value_or(next), next);  // another lane may need less
}

bool Rules::allows(const Lane& lane, std::uint32_t weight, Timestamp now) const {
    return std::ranges::all_of(limits_, [&](const Counted& each) {
        return !holds(each.limit.scope, lane) || (!each.full() && each.rate_allows(weight, now));
    });
}

bool Rules::admit(const Lane& lane, std::uint32_t weight, Timestamp now) {
    bool allowed = true;
    for (auto& each : limits_) {
        if (!holds(each.limit.scope, lane)) continue;
        if (each.full()) allowed = false;
        if (each.rate_allows(weight, now)) continue;
        each.close(weight, now);
        allowed = false;
    }
    if (!allowed) return false;
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
        if (writer.statement(note_closed).run(scope, *each.opens_at) != 0) closed = true;
    }
    return closed;
}

}  // namespace errand::sqlite
