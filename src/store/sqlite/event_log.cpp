#include "store/sqlite/event_log.hpp"

#include "store/sqlite/sql.hpp"
#include "store/sqlite/subscription_table.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace errand::sqlite {

namespace {

constexpr auto subscriptions_version = sql_named(sql::event_sql, "subscriptions_version");
constexpr auto next_subscriptions_version = sql_named(sql::event_sql, "next_subscriptions_version");
constexpr auto add_event = sql_named(sql::event_sql, "add_event");
constexpr auto events_after = sql_named(sql::event_sql, "events_after");
constexpr auto count_missed = sql_named(sql::event_sql, "count_missed");
constexpr auto remove_events_to = sql_named(sql::event_sql, "remove_events_to");
constexpr auto remove_acknowledged_events = sql_named(sql::event_sql, "remove_acknowledged_events");

/// Removes the `excess` oldest events, and counts them for whom they would have been news.
void drop_oldest(Connection& writer, std::uint64_t oldest, std::uint64_t excess) {
    const auto last = oldest + excess - 1;
    const auto readers = read_subscriptions(writer);
    std::map<std::string, std::uint64_t> missed;
    for (auto rows = writer.statement(events_after).query(oldest - 1); rows.next();) {
        if (static_cast<std::uint64_t>(rows.int64(0)) > last) break;
        const auto event = event_in(rows);
        if (!event) continue;
        for (const auto& reader : readers) {
            const bool unread = reader.view.acknowledged < event->seq && !reader.wants_nothing;
            if (unread && core::wants(reader.view.subscription, *event))
                ++missed[reader.view.subscription.name];
        }
    }
    for (const auto& [name, count] : missed)
        writer.statement(count_missed).run(name, count);
    writer.statement(remove_events_to).run(last);
}

}  // namespace

void EventLog::begin() noexcept {
    // What a transaction has read that did not come about may be the same version as another one.
    if (std::exchange(open_, true)) {
        version_ = -1;
        stale_ = true;
    }
    noted_ = 0;
    changed_ = false;
    const auto generation = wake_->generation(WakeChannel::events);
    if (seen_ == generation) return;
    seen_ = generation;
    stale_ = true;
}

void EventLog::refresh() {
    std::int64_t version = 0;
    {
        auto rows = writer_.statement(subscriptions_version).query();
        if (rows.next()) version = rows.int64(0);
    }
    if (version != version_) {
        std::vector<Subscription> wanted;
        for (auto& row : read_subscriptions(writer_)) {
            if (!row.wants_nothing) wanted.push_back(std::move(row.view.subscription));
        }
        interest_ = core::EventInterest{std::move(wanted)};
        version_ = version;
    }
    stale_ = false;
}

void EventLog::note(const Event& event, Timestamp now) {
    if (!anybody() || !interest_.wants(event)) return;
    writer_.statement(add_event).run(event.kind, now, event.subject, event.type, event.queue,
                                     event.data);
    ++noted_;
}

void EventLog::subscriptions_changed() {
    writer_.statement(next_subscriptions_version).run();
    writer_.statement(remove_acknowledged_events).run();
    changed_ = true;
    stale_ = true;
    wake_->wake(WakeChannel::events);
}

void EventLog::before_commit() {
    if (noted_ == 0) return;
    const auto oldest = oldest_event(writer_);
    const auto newest = newest_event(writer_);
    if (oldest > newest) return;  // the file is damaged
    const auto kept = newest + 1 - oldest;
    if (kept > Events::max_events_kept)
        drop_oldest(writer_, oldest, kept - Events::max_events_kept);
}

void EventLog::committed() noexcept {
    open_ = false;
    if (noted_ != 0 || changed_) wake_->wake(WakeChannel::events);
}

}  // namespace errand::sqlite
