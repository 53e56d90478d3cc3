#include "store/sqlite/signals.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/turns.hpp"
#include "store/sqlite/waiting.hpp"

#include "base/failpoint.hpp"
#include "core/step_keys.hpp"
#include "core/validate.hpp"

#include <string>

namespace errand::sqlite {

namespace {

constexpr auto effect_exists = sql_named(sql::signal_sql, "effect_exists");
constexpr auto waits_for = sql_named(sql::signal_sql, "waits_for");
constexpr auto mark_waiting = sql_named(sql::signal_sql, "mark_waiting");
constexpr auto mark_ready = sql_named(sql::signal_sql, "mark_ready");
constexpr auto mark_active = sql_named(sql::signal_sql, "mark_active");
constexpr auto mark_blocked = sql_named(sql::signal_sql, "mark_blocked");
constexpr auto find_unfinished = sql_named(sql::signal_sql, "find_unfinished");
constexpr auto put_effect = sql_named(sql::lease_sql, "put_effect");
static_assert(flag_has_extras == 4, "signal.sql names it by number");

struct Found {
    std::int64_t n;
    bool ended;
};

std::optional<Found> find_job(Connection& writer, const JobId& id) {
    auto rows = writer.statement(find_unfinished).query(id);
    if (!rows.next()) return std::nullopt;
    return Found{rows.int64(0), rows.int64(1) != 0};
}

/// The job rests in exactly one of them.
void mark_extras(Connection& writer, std::int64_t n) {
    for (const auto sql : {mark_waiting, mark_active, mark_ready, mark_blocked}) {
        if (writer.statement(sql).run(n) != 0) return;
    }
}

struct Waiter {
    bool has_turn;
    std::string key;
};

std::optional<Waiter> find_waiter(Connection& writer, std::int64_t n, std::string_view name) {
    auto rows = writer.statement(waits_for).query(n, name);
    if (!rows.next()) return std::nullopt;
    return Waiter{(rows.int64(0) & flag_turn) != 0, rows.string(1)};
}

SignalResult deliver(Connection& writer, const JobId& id, std::string_view name,
                     std::string_view value) {
    const auto job = find_job(writer, id);
    if (!job) return SignalResult::not_found;
    if (job->ended) return SignalResult::ended;
    if (writer.statement(put_effect).run(job->n, core::signal_key(name), value) == 0) {
        return SignalResult::already_there;
    }
    mark_extras(writer, job->n);
    const auto waiter = find_waiter(writer, job->n, name);
    if (!waiter) return SignalResult::kept;
    Turns turns{writer};
    (void)end_waiting(writer, turns, job->n, waiter->key, waiter->has_turn);
    return SignalResult::delivered;
}

}  // namespace

bool has_signal(Connection& connection, std::int64_t n, std::string_view name) {
    return connection.statement(effect_exists).query(n, core::signal_key(name)).next();
}

SignalResult SqliteStore::signal(const JobId& id, std::string_view name, std::string_view value) {
    core::validate_signal(name, value);
    auto result = SignalResult::not_found;
    base::failpoint("signal.before_begin");
    database_.write([&] {
        base::failpoint("signal.after_begin");
        result = deliver(database_.writer(), id, name, value);
        base::failpoint("signal.before_commit");
    });
    base::failpoint("signal.after_commit");
    if (result == SignalResult::delivered) wake(WakeChannel::work);
    return result;
}

}  // namespace errand::sqlite
