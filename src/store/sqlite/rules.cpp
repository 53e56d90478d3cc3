#include "store/sqlite/rules.hpp"

#include "store/sqlite/sql.hpp"

#include "base/zone_database.hpp"

#include <errand/error.hpp>

#include <algorithm>

namespace errand::sqlite {

namespace {

constexpr auto rules = sql_named(sql::claim_sql, "rules");
constexpr auto held_by_lane = sql_named(sql::claim_sql, "held_by_lane");
constexpr auto note_taken = sql_named(sql::claim_sql, "note_taken");
constexpr auto note_memory = sql_named(sql::claim_sql, "note_memory");
constexpr auto note_wakes = sql_named(sql::claim_sql, "note_wakes");
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
        if (!rows.is_null(column + 3)) limit.breaker = Breaker::parse(rows.text(column + 3));
        if (!rows.is_null(column + 4)) limit.window = TimeWindow::parse(rows.text(column + 4));
        return limit;
    } catch (const Error&) {
        return std::nullopt;
    }
}

core::LimitMemory memory_in(const Statement::Rows& rows, int column) {
    return {core::BreakerState::parse(rows.text(column)),
            core::SlowDown::parse(rows.text(column + 1))};
}

std::shared_ptr<const base::TimeZone> zone_of(const Limit& limit) {
    if (!limit.window) return nullptr;
    try {
        return base::system_zones().find(limit.window->timezone);
    } catch (const Error&) {
        return nullptr;
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
            auto zone = zone_of(*limit);
            auto& counted = found.limits_.emplace_back();
            counted.limit = std::move(*limit);
            counted.taken = core::RateState::parse(rows.text(6));
            counted.memory = memory_in(rows, 7);
            counted.zone = std::move(zone);
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
        limits_, [](const Counted& each) { return core::counts_leases(each.limit, each.memory); });
    if (!counts) return;
    for (auto rows = connection.statement(held_by_lane).query(); rows.next();) {
        const auto lane = lanes.at(rows.int64(0), connection);
        for (auto& each : limits_) {
            if (holds(each.limit.scope, lane))
                each.held += static_cast<std::uint64_t>(rows.int64(1));
        }
    }
}

bool Rules::Counted::full(Timestamp now) const {
    const auto most = core::most_leases(limit, memory, now);
    return most && held >= *most;
}

std::optional<Timestamp> Rules::Counted::closed_until(Timestamp now) const {
    if (!closed_until_) closed_until_ = core::closed_until(limit, memory, zone.get(), now);
    return *closed_until_;
}

bool Rules::Counted::rate_allows(std::uint32_t weight, Timestamp now) const {
    return !limit.rate || taken.available(*limit.rate, now) >= core::cost_of(*limit.rate, weight);
}

bool Rules::Counted::allows(std::uint32_t weight, Timestamp now) const {
    return !full(now) && !closed_until(now) && rate_allows(weight, now);
}

bool Rules::Counted::allows_or_notes(std::uint32_t weight, Timestamp now) {
    bool allowed = !full(now);
    if (const auto until = closed_until(now)) {
        const auto before = memory;
        core::note_refusal(limit, memory, now);
        if (memory != before) noted = true;
        wakes_at = std::min(wakes_at.value_or(*until), *until);
        allowed = false;
    }
    if (rate_allows(weight, now)) return allowed;
    close_rate(weight, now);
    return false;
}

void Rules::Counted::close_rate(std::uint32_t weight, Timestamp now) {
    const auto& rate = *limit.rate;
    taken.take(rate, now, 0);  // a clock that went back is noted
    took = true;
    const auto next = taken.next(rate, now, core::cost_of(rate, weight));
    opens_at = std::min(opens_at.value_or(next), next);  // another lane may need less
}

bool Rules::allows(const Lane& lane, std::uint32_t weight, Timestamp now) const {
    return std::ranges::all_of(limits_, [&](const Counted& each) {
        return !holds(each.limit.scope, lane) || each.allows(weight, now);
    });
}

bool Rules::admit(const Lane& lane, std::uint32_t weight, Timestamp now) {
    bool allowed = true;
    for (auto& each : limits_) {
        if (!holds(each.limit.scope, lane)) continue;
        if (!each.allows_or_notes(weight, now)) allowed = false;
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
        if (each.noted) {
            writer.statement(note_memory)
                .run(scope, each.memory.breaker.text(), each.memory.slow_down.text());
        }
        if (each.opens_at && writer.statement(note_closed).run(scope, *each.opens_at) != 0)
            closed = true;
        if (each.wakes_at && writer.statement(note_wakes).run(scope, *each.wakes_at) != 0)
            closed = true;
    }
    return closed;
}

}  // namespace errand::sqlite
