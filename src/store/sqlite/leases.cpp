#include "store/sqlite/extras.hpp"
#include "store/sqlite/flags.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

#include <algorithm>

namespace errand::sqlite {

namespace {

constexpr auto number_of = sql_named(sql::settle_sql, "number_of");
constexpr auto active_life = sql_named(sql::settle_sql, "active_life");
constexpr auto lease_flags = sql_named(sql::lease_sql, "lease_flags");
constexpr auto extend = sql_named(sql::lease_sql, "extend");
constexpr auto add_flags = sql_named(sql::lease_sql, "add_flags");
constexpr auto put_progress = sql_named(sql::lease_sql, "put_progress");
constexpr auto find_effect_sql = sql_named(sql::lease_sql, "find_effect");
constexpr auto put_effect = sql_named(sql::lease_sql, "put_effect");
constexpr auto replace_effect = sql_named(sql::lease_sql, "replace_effect");

std::int64_t row_of(Connection& connection, const LeaseRef& lease) {
    if (lease.row != 0) return lease.row;
    auto rows = connection.statement(number_of).query(lease.id);
    return rows.next() ? rows.int64(0) : 0;
}

/// The flags of a lease that is still valid; none: lost.
std::optional<std::int64_t> valid_lease_flags(Connection& connection, std::int64_t n,
                                              const LeaseRef& lease) {
    auto rows = connection.statement(lease_flags).query(n, lease.lease_seq);
    if (!rows.next()) return std::nullopt;
    return rows.int64(0);
}

HeartbeatResult result_for(std::optional<std::int64_t> flags) {
    if (!flags) return HeartbeatResult::lease_lost;
    return (*flags & flag_cancel_requested) != 0 ? HeartbeatResult::cancel_requested
                                                 : HeartbeatResult::ok;
}

bool writes(const Heartbeat& item) {
    return item.extend || item.progress || item.log;
}

void keep_present_log(Connection& writer, std::int64_t n, std::string_view text,
                      const Limits& limits) {
    std::int64_t lease_seq = 0;
    std::int64_t attempt = 0;
    {
        auto rows = writer.statement(active_life).query(n);
        if (!rows.next()) return;
        lease_seq = rows.int64(0);
        attempt = rows.int64(1);
    }
    keep_log(writer, n, lease_seq, attempt, text, limits);
}

HeartbeatResult beat(Connection& writer, const Heartbeat& item, Timestamp now,
                     const Limits& limits) {
    const auto n = row_of(writer, item.lease);
    const auto flags = valid_lease_flags(writer, n, item.lease);
    if (!flags) return HeartbeatResult::lease_lost;
    if (item.extend) writer.statement(extend).run(n, item.lease.lease_seq, now + *item.extend);
    if (item.progress) {
        writer.statement(put_progress)
            .run(n, item.progress->current, item.progress->total, item.progress->message);
    }
    if (item.log) keep_present_log(writer, n, *item.log, limits);
    if ((item.progress || item.log) && (*flags & flag_has_extras) == 0) {
        writer.statement(add_flags).run(n, flag_has_extras);
    }
    return result_for(flags);
}

}  // namespace

std::vector<HeartbeatResult> SqliteStore::heartbeat(std::span<const Heartbeat> items) {
    store::check_heartbeats(items, database_.options().limits);
    std::vector<HeartbeatResult> results;
    if (std::ranges::none_of(items, writes)) {
        auto reader = database_.read();
        for (const auto& item : items) {
            results.push_back(
                result_for(valid_lease_flags(*reader, row_of(*reader, item.lease), item.lease)));
        }
        return results;
    }
    base::failpoint("heartbeat.before_begin");
    database_.write([&] {
        base::failpoint("heartbeat.after_begin");
        results.clear();
        for (const auto& item : items) {
            auto& writer = database_.writer();
            results.push_back(beat(writer, item, now(), database_.options().limits));
            if (item.progress && results.back() != HeartbeatResult::lease_lost) {
                note_progress(database_.events(), writer, lanes_, item, row_of(writer, item.lease),
                              now());
            }
        }
        base::failpoint("heartbeat.before_commit");
    });
    base::failpoint("heartbeat.after_commit");
    return results;
}

std::optional<std::string> SqliteStore::find_effect(const JobId& id, std::string_view key) {
    auto reader = database_.read();
    auto rows = reader->statement(find_effect_sql).query(id, key);
    if (!rows.next()) return std::nullopt;
    return rows.string(0);
}

bool SqliteStore::record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                                EffectWrite write) {
    bool recorded = false;
    base::failpoint("effect.before_begin");
    database_.write([&] {
        base::failpoint("effect.after_begin");
        auto& writer = database_.writer();
        const auto n = row_of(writer, lease);
        recorded = valid_lease_flags(writer, n, lease).has_value();
        if (!recorded) return;
        writer.statement(write == EffectWrite::replace ? replace_effect : put_effect)
            .run(n, key, value);
        writer.statement(add_flags).run(n, flag_has_extras);
        base::failpoint("effect.before_commit");
    });
    base::failpoint("effect.after_commit");
    return recorded;
}

}  // namespace errand::sqlite
