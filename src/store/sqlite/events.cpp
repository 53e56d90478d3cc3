#include "core/event_filter.hpp"
#include "store/checks.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/subscription_table.hpp"

#include <algorithm>
#include <utility>

// Subscriptions, and reading what they are told. What records events is event_log.hpp.

namespace errand::sqlite {

namespace {

constexpr auto count_subscriptions = sql_named(sql::event_sql, "count_subscriptions");
constexpr auto put_subscription_sql = sql_named(sql::event_sql, "put_subscription");
constexpr auto remove_subscription_sql = sql_named(sql::event_sql, "remove_subscription");
constexpr auto any_idle_subscription = sql_named(sql::event_sql, "any_idle_subscription");
constexpr auto remove_idle_subscriptions = sql_named(sql::event_sql, "remove_idle_subscriptions");
constexpr auto note_read = sql_named(sql::event_sql, "note_read");
constexpr auto acknowledge = sql_named(sql::event_sql, "acknowledge");
constexpr auto events_after = sql_named(sql::event_sql, "events_after");
constexpr auto remove_acknowledged_events = sql_named(sql::event_sql, "remove_acknowledged_events");

bool remove_idle(Connection& writer, Timestamp now) {
    return writer.statement(remove_idle_subscriptions).run(now) != 0;
}

bool is_forgotten(const SubscriptionRow& row, Timestamp now) {
    return core::is_forgotten(row.view.subscription, row.view.read_at, now);
}

EventPage read_page(Connection& reader, const SubscriptionRow& row, std::uint32_t max) {
    EventPage page;
    page.up_to = row.view.acknowledged;
    page.missed = row.view.missed - row.told;
    for (auto rows = reader.statement(events_after).query(row.view.acknowledged); rows.next();) {
        if (page.events.size() == max) {
            page.more = true;
            break;
        }
        auto event = event_in(rows);
        if (!event) continue;
        page.up_to = std::max(page.up_to, event->seq);
        if (!row.wants_nothing && core::wants(row.view.subscription, *event))
            page.events.push_back(std::move(*event));
    }
    return page;
}

}  // namespace

void SqliteStore::put_subscription(const Subscription& given) {
    const auto subscription = core::checked(given);
    const auto& filter = subscription.filter;
    control([&] {
        auto& writer = database_.writer();
        remove_idle(writer, now());
        if (!read_subscription(writer, subscription.name)) {
            auto rows = writer.statement(count_subscriptions).query();
            store::check_room_for_subscription(rows.next() ? static_cast<std::size_t>(rows.int64(0))
                                                           : 0);
        }
        writer.statement(put_subscription_sql)
            .run(subscription.name, static_cast<std::int64_t>(core::set_of(filter.kinds)),
                 filter.job, filter.type, filter.queue, subscription.url, subscription.secret_name,
                 subscription.idle_limit, now(), newest_event(writer));
        database_.events().subscriptions_changed();
    });
}

bool SqliteStore::remove_subscription(std::string_view name) {
    bool removed = false;
    control([&] {
        removed = database_.writer().statement(remove_subscription_sql).run(name) != 0;
        if (removed) database_.events().subscriptions_changed();
    });
    return removed;
}

std::vector<SubscriptionView> SqliteStore::subscriptions() {
    std::vector<SubscriptionView> views;
    for (auto& row : read_subscriptions(*database_.read())) {
        if (!is_forgotten(row, now())) views.push_back(std::move(row.view));
    }
    return views;
}

std::optional<EventPage> SqliteStore::read_events(std::string_view name, std::uint32_t max) {
    store::check_event_page(max);
    forget_idle_subscriptions();
    std::optional<SubscriptionRow> row;
    EventPage page;
    {
        auto reader = database_.read();
        row = read_subscription(*reader, name);
        if (!row) return std::nullopt;
        page = read_page(*reader, *row, max);
    }
    if (core::is_worth_noting(row->view.subscription, row->view.read_at, now())) {
        database_.write([&] { database_.writer().statement(note_read).run(name, now()); },
                        Sync::not_needed);
    }
    return page;
}

bool SqliteStore::acknowledge_events(std::string_view name, std::uint64_t seq) {
    forget_idle_subscriptions();
    bool found = false;
    control([&] {
        auto& writer = database_.writer();
        const auto row = read_subscription(writer, name);
        found = row.has_value();
        if (!found) return;
        const auto up_to = std::max(row->view.acknowledged, std::min(seq, newest_event(writer)));
        const bool knows_all = up_to + 1 >= oldest_event(writer);
        writer.statement(acknowledge).run(name, up_to, knows_all ? row->view.missed : row->told);
        writer.statement(remove_acknowledged_events).run();
    });
    return found;
}

void SqliteStore::forget_idle_subscriptions() {
    if (!database_.read()->statement(any_idle_subscription).query(now()).next()) return;
    control([&] {
        if (remove_idle(database_.writer(), now())) database_.events().subscriptions_changed();
    });
}

}  // namespace errand::sqlite
