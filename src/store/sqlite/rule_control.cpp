#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/rules.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "base/text.hpp"
#include "base/zone_database.hpp"
#include "core/event_data.hpp"
#include "core/rate.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <utility>

// Limits and pauses: setting and looking.

namespace errand::sqlite {

namespace {

constexpr auto pause = sql_named(sql::control_sql, "pause");
constexpr auto resume = sql_named(sql::control_sql, "resume");
constexpr auto set_limit_sql = sql_named(sql::control_sql, "set_limit");
constexpr auto remove_limit = sql_named(sql::control_sql, "remove_limit");
constexpr auto jobs_to_relane = sql_named(sql::control_sql, "jobs_to_relane");
constexpr auto relane_ready = sql_named(sql::control_sql, "relane_ready");
constexpr auto relane_blocked = sql_named(sql::control_sql, "relane_blocked");
constexpr auto relane_job = sql_named(sql::control_sql, "relane_job");
constexpr auto relane_active = sql_named(sql::control_sql, "relane_active");
constexpr auto all_limits = sql_named(sql::turn_sql, "all_limits");
constexpr auto all_pauses = sql_named(sql::turn_sql, "all_pauses");
constexpr auto leases_by_lane = sql_named(sql::turn_sql, "leases_by_lane");

constexpr std::size_t most_holders_shown = 10;
constexpr std::size_t max_by_bytes = 128;

/// Unfinished jobs of a key that a rule names get lanes of their own, as later ones will. Looks at
/// all unfinished jobs.
void give_lanes_of_their_own(Connection& writer, const LaneTable& lanes, const Scope& scope) {
    if (scope.kind != Scope::Kind::key) return;
    std::vector<std::pair<std::int64_t, std::int64_t>> jobs;
    for (auto rows = writer.statement(jobs_to_relane).query(scope.name); rows.next();) {
        jobs.emplace_back(rows.int64(0), rows.int64(1));
    }
    for (const auto& [n, old] : jobs) {
        const auto from = lanes.at(old, writer);
        const auto to = lane_in_transaction(writer, from.queue, from.type, scope.name, from.needs);
        writer.statement(relane_ready).run(n, to);
        writer.statement(relane_blocked).run(n, to);
        writer.statement(relane_job).run(n, to);
        writer.statement(relane_active).run(n, to);
    }
}

bool counts_leases(const LimitView& view) {
    return view.limit.concurrency || view.broken_until;
}

std::vector<LimitView> read_limits(Connection& reader, Timestamp now) {
    std::vector<LimitView> views;
    for (auto rows = reader.statement(all_limits).query(); rows.next();) {
        auto limit = limit_in(rows, 0);
        if (!limit) continue;
        LimitView view;
        view.limit = std::move(*limit);
        if (view.limit.rate) {
            const auto taken = core::RateState::parse(rows.text(5));
            view.available = taken.available(*view.limit.rate, now);
        }
        const auto memory = memory_in(rows, 6);
        core::show(view, memory, zone_of(view.limit).get(), now);
        view.opens_at = time_in(rows, 8);
        views.push_back(std::move(view));
    }
    std::ranges::sort(views, {}, [](const LimitView& view) { return view.limit.scope; });
    return views;
}

}  // namespace

void SqliteStore::set_paused(const Scope& scope, bool paused, std::string_view by) {
    core::validate(scope);
    const auto who = base::cut_end(base::to_valid_utf8(by), max_by_bytes);
    const auto text = to_string(scope);
    control([&] {
        auto& writer = database_.writer();
        bool changed = false;
        if (paused) {
            changed = writer.statement(pause).run(text, now(), who) != 0;
            give_lanes_of_their_own(writer, lanes_, scope);
        } else {
            changed = writer.statement(resume).run(text) != 0;
        }
        const auto kind = paused ? EventKind::queue_paused : EventKind::queue_resumed;
        if (changed && database_.events().wanted(kind))
            database_.events().note(core::paused(scope, paused, who), now());
    });
    learn_lanes();
    wake(WakeChannel::control);
    if (!paused) wake(WakeChannel::work);
}

void SqliteStore::set_limit(const Limit& limit) {
    core::validate(limit);
    const auto scope = to_string(limit.scope);
    const auto rate = limit.rate ? to_string(*limit.rate) : std::string{};
    const auto breaker = limit.breaker ? to_string(*limit.breaker) : std::string{};
    const auto hours = limit.window ? to_string(*limit.window) : std::string{};
    // A zone that this machine does not know is refused here: it would keep the scope closed.
    if (limit.window) static_cast<void>(base::system_zones().find(limit.window->timezone));
    control([&] {
        auto& writer = database_.writer();
        if (core::bounds_nothing(limit)) {
            writer.statement(remove_limit).run(scope);
            return;
        }
        writer.statement(set_limit_sql)
            .run(scope, limit.concurrency, null_if_empty(rate), null_if_empty(breaker),
                 null_if_empty(hours));
        give_lanes_of_their_own(writer, lanes_, limit.scope);
    });
    learn_lanes();
    wake(WakeChannel::control);
    wake(WakeChannel::work);
}

std::vector<LimitView> SqliteStore::limits() {
    auto reader = database_.read();
    lanes_.refresh(*reader);
    auto views = read_limits(*reader, now());
    for (auto rows = reader->statement(leases_by_lane).query(); rows.next();) {
        const auto lane = lanes_.at(rows.int64(0), *reader);
        for (auto& view : views) {
            if (!counts_leases(view) || !holds(view.limit.scope, lane)) continue;
            ++view.held;
            if (view.holders.size() < most_holders_shown) view.holders.push_back(rows.job_id(1));
        }
    }
    return views;
}

std::vector<PauseView> SqliteStore::pauses() {
    std::vector<PauseView> views;
    auto reader = database_.read();
    for (auto rows = reader->statement(all_pauses).query(); rows.next();) {
        try {
            views.push_back({Scope::parse(rows.text(0)), rows.time(1), rows.string(2)});
        } catch (const Error&) {
            continue;  // nothing that could be paused
        }
    }
    std::ranges::sort(views, {}, &PauseView::scope);
    return views;
}

}  // namespace errand::sqlite
