#include "store/sqlite/flags.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/queue_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/turns.hpp"

#include "core/place.hpp"
#include "core/validate.hpp"
#include "store/checks.hpp"

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// How queues order their jobs, and the keys of which jobs wait for their turn.

namespace errand::sqlite {

namespace {

constexpr auto blocked_between = sql_named(sql::turn_sql, "blocked_between");
constexpr auto waiting_without_turn = sql_named(sql::turn_sql, "waiting_without_turn");
constexpr auto most_blocked = sql_named(sql::turn_sql, "most_blocked");
constexpr auto count_blocked = sql_named(sql::turn_sql, "count_blocked");
constexpr auto holder_of_key = sql_named(sql::turn_sql, "holder_of_key");
constexpr auto turn_holders = sql_named(sql::turn_sql, "turn_holders");
constexpr auto all_turn_holders = sql_named(sql::turn_sql, "all_turn_holders");
constexpr auto id_of_job = sql_named(sql::turn_sql, "id_of");

constexpr std::uint32_t most_holders_shown = 1'000;

/// There may be more turns now, or none needed.
void admit_all(Connection& writer, std::string_view queue) {
    std::vector<std::int64_t> keys;
    const auto first = full_key(queue, "");
    auto behind = first;
    behind.back() = '/' + 1;
    for (auto rows = writer.statement(blocked_between).query(first, behind); rows.next();)
        keys.push_back(rows.int64(0));
    Turns turns{writer};
    for (const auto key : keys)
        turns.admit(key);
}

/// A key as the tables know it.
struct KnownKey {
    std::int64_t number;
    std::optional<std::int64_t> holder;  ///< none: those who have turns must be looked for
};

std::optional<std::int64_t> number_in(const Statement::Rows& rows, int column) {
    return rows.is_null(column) ? std::nullopt : std::optional{rows.int64(column)};
}

std::optional<KnownKey> find_known(Connection& connection, std::string_view full) {
    auto rows = connection.statement(holder_of_key).query(full);
    if (!rows.next()) return std::nullopt;
    return KnownKey{rows.int64(0), number_in(rows, 1)};
}

/// Numbers of jobs that have a turn of the key, oldest first.
std::vector<std::int64_t> holders_of(Connection& connection, const KnownKey& key,
                                     std::uint32_t max) {
    if (key.holder) return {*key.holder};
    std::vector<std::int64_t> holders;
    for (auto rows = connection.statement(turn_holders).query(key.number, max); rows.next();)
        holders.push_back(rows.int64(0));
    return holders;
}

void add_id(Connection& reader, std::int64_t n, std::vector<JobId>& ids) {
    auto job = reader.statement(id_of_job).query(n);
    if (job.next()) ids.push_back(job.job_id(0));
}

/// By number of the key.
using Holders = std::map<std::int64_t, std::vector<JobId>>;

/// Of all the keys in one pass over the unfinished jobs, not one for each.
void find_holders(Connection& reader, Holders& of_keys) {
    for (auto rows = reader.statement(all_turn_holders).query(); rows.next();) {
        const auto found = of_keys.find(rows.int64(0));
        if (found == of_keys.end() || found->second.size() >= most_holders_shown) continue;
        add_id(reader, rows.int64(1), found->second);
    }
}

KeyView key_view(std::string_view key, std::uint64_t blocked) {
    return {std::string{queue_of(key)}, std::string{key_of(key)}, blocked};
}

}  // namespace

void SqliteStore::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    core::validate_queue(queue);
    core::validate(settings);
    control([&] {
        auto& writer = database_.writer();
        write_queue(writer, queue, {settings, now().time_since_epoch().count()});
        admit_all(writer, queue);
    });
    wake(WakeChannel::control);
    wake(WakeChannel::work);
}

std::map<std::string, QueueSettings> SqliteStore::queue_settings() {
    return read_all_queues(*database_.read());
}

std::uint32_t SqliteStore::unblock_key(std::string_view queue, std::string_view key) {
    core::validate_queue(queue);
    core::validate_key(key);
    const auto full = full_key(queue, key);
    std::uint32_t gave_up = 0;
    bool admitted = false;
    control([&] {
        auto& writer = database_.writer();
        gave_up = 0;
        const auto known = find_known(writer, full);
        if (!known) return;
        Turns turns{writer};
        for (const auto n : holders_of(writer, *known, std::numeric_limits<std::int32_t>::max())) {
            if (writer.statement(waiting_without_turn).run(n, known->number) == 0) continue;
            turns.leave(turn_of(known->number));
            ++gave_up;
        }
        admitted = turns.admitted;
    });
    if (admitted) wake(WakeChannel::work);
    return gave_up;
}

std::vector<KeyView> SqliteStore::blocked_keys(std::uint32_t max) {
    store::check_page_limit(max);
    auto reader = database_.read();
    std::vector<KeyView> views;
    std::vector<std::int64_t> numbers;
    Holders of_several;
    for (auto rows = reader->statement(most_blocked).query(max); rows.next();) {
        views.push_back(key_view(rows.text(0), static_cast<std::uint64_t>(rows.int64(1))));
        numbers.push_back(rows.int64(2));
        if (const auto holder = number_in(rows, 3)) {
            add_id(*reader, *holder, views.back().holders);
        } else {
            of_several.try_emplace(numbers.back());
        }
    }
    if (of_several.empty()) return views;
    find_holders(*reader, of_several);
    for (std::size_t i = 0; i < views.size(); ++i) {
        const auto found = of_several.find(numbers[i]);
        if (found != of_several.end()) views[i].holders = std::move(found->second);
    }
    return views;
}

std::optional<KeyView> SqliteStore::find_key(std::string_view queue, std::string_view key) {
    auto reader = database_.read();
    const auto full = full_key(queue, key);
    const auto known = find_known(*reader, full);
    if (!known) return std::nullopt;
    std::uint64_t blocked = 0;
    {
        auto rows = reader->statement(count_blocked).query(known->number);
        if (rows.next()) blocked = static_cast<std::uint64_t>(rows.int64(0));
    }
    auto view = key_view(full, blocked);
    for (const auto n : holders_of(*reader, *known, most_holders_shown))
        add_id(*reader, n, view.holders);
    if (view.blocked == 0 && view.holders.empty()) return std::nullopt;
    return view;
}

}  // namespace errand::sqlite
