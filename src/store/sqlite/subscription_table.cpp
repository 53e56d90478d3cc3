#include "store/sqlite/subscription_table.hpp"

#include "core/event_filter.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"

#include <algorithm>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto all_subscriptions = sql_named(sql::event_sql, "all_subscriptions");
constexpr auto one_subscription = sql_named(sql::event_sql, "one_subscription");
constexpr auto newest_event_sql = sql_named(sql::event_sql, "newest_event");
constexpr auto oldest_event_sql = sql_named(sql::event_sql, "oldest_event");

/// Whatever the file says: there is room to count on.
std::uint64_t number_in(const Statement::Rows& rows, int column) {
    return static_cast<std::uint64_t>(
        std::clamp(rows.int64(column), std::int64_t{0}, std::int64_t{1} << 62));
}

SubscriptionRow row_in(const Statement::Rows& rows) {
    SubscriptionRow row;
    auto& [subscription, acknowledged, missed, created_at, read_at] = row.view;
    subscription.name = rows.string(0);
    const auto kinds = static_cast<core::EventKinds>(rows.int64(1));
    subscription.filter.kinds = core::kinds_in(kinds);
    row.wants_nothing = kinds != 0 && subscription.filter.kinds.empty();
    if (!rows.is_null(2)) subscription.filter.job = rows.job_id(2);
    subscription.filter.type = rows.string(3);
    subscription.filter.queue = rows.string(4);
    subscription.url = rows.string(5);
    subscription.secret_name = rows.string(6);
    subscription.idle_limit = duration_in(rows, 7);
    acknowledged = number_in(rows, 8);
    missed = number_in(rows, 9);
    row.told = std::min(number_in(rows, 10), missed);
    created_at = rows.time(11);
    read_at = rows.time(12);
    return row;
}

std::uint64_t first_number(Connection& connection, std::string_view sql, std::uint64_t otherwise) {
    auto rows = connection.statement(sql).query();
    return rows.next() && !rows.is_null(0) ? number_in(rows, 0) : otherwise;
}

}  // namespace

std::vector<SubscriptionRow> read_subscriptions(Connection& connection) {
    std::vector<SubscriptionRow> found;
    for (auto rows = connection.statement(all_subscriptions).query(); rows.next();)
        found.push_back(row_in(rows));
    return found;
}

std::optional<SubscriptionRow> read_subscription(Connection& connection, std::string_view name) {
    auto rows = connection.statement(one_subscription).query(name);
    if (!rows.next()) return std::nullopt;
    return row_in(rows);
}

std::uint64_t newest_event(Connection& connection) {
    return first_number(connection, newest_event_sql, 0);
}

std::uint64_t oldest_event(Connection& connection) {
    return first_number(connection, oldest_event_sql, newest_event(connection) + 1);
}

std::optional<Event> event_in(const Statement::Rows& rows) {
    const auto kind = rows.int64(1);
    if (kind < 0 || kind > 63) return std::nullopt;
    const auto known = core::kinds_in(core::EventKinds{1} << kind);
    if (known.empty()) return std::nullopt;
    return Event{number_in(rows, 0), known.front(),  rows.time(2),  rows.string(3),
                 rows.string(4),     rows.string(5), rows.string(6)};
}

}  // namespace errand::sqlite
