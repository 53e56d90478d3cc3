#include "store/sqlite/keys.hpp"
#include "store/sqlite/queue_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/turns.hpp"

#include "core/place.hpp"
#include "core/validate.hpp"
#include "store/checks.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

// How queues order their jobs, and the keys of which jobs wait for their turn.

namespace errand::sqlite {

namespace {

constexpr auto blocked_between = sql_named(sql::turn_sql, "blocked_between");
constexpr auto waiting_holders = sql_named(sql::turn_sql, "waiting_holders");
constexpr auto waiting_without_turn = sql_named(sql::turn_sql, "waiting_without_turn");
constexpr auto most_blocked = sql_named(sql::turn_sql, "most_blocked");
constexpr auto count_blocked = sql_named(sql::turn_sql, "count_blocked");
constexpr auto turn_holders = sql_named(sql::turn_sql, "turn_holders");
constexpr auto all_turn_holders = sql_named(sql::turn_sql, "all_turn_holders");
constexpr auto id_of_job = sql_named(sql::turn_sql, "id_of");

constexpr std::uint32_t most_holders_shown = 1'000;

/// There may be more turns now, or none needed.
void admit_all(Connection& writer, std::string_view queue) {
    std::vector<std::string> keys;
    const auto first = full_key(queue, "");
    auto behind = first;
    behind.back() = '/' + 1;
    for (auto rows = writer.statement(blocked_between).query(first, behind); rows.next();) {
        keys.push_back(rows.string(0));
    }
    Turns turns{writer};
    for (const auto& key : keys)
        turns.admit(key);
}

using Holders = std::map<std::string, std::vector<JobId>, std::less<>>;

/// Of all the keys in one pass: there is no index to ask for each.
void find_holders(Connection& reader, Holders& of_keys) {
    for (auto rows = reader.statement(all_turn_holders).query(); rows.next();) {
        const auto found = of_keys.find(rows.text(0));
        if (found == of_keys.end() || found->second.size() >= most_holders_shown) continue;
        auto job = reader.statement(id_of_job).query(rows.int64(1));
        if (job.next()) found->second.push_back(job.job_id(0));
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
        std::vector<std::int64_t> holders;
        for (auto rows = writer.statement(waiting_holders).query(full); rows.next();) {
            holders.push_back(rows.int64(0));
        }
        Turns turns{writer};
        for (const auto n : holders) {
            writer.statement(waiting_without_turn).run(n);
            turns.leave(n);
        }
        gave_up = static_cast<std::uint32_t>(holders.size());
        admitted = turns.admitted;
    });
    if (admitted) wake(WakeChannel::work);
    return gave_up;
}

std::vector<KeyView> SqliteStore::blocked_keys(std::uint32_t max) {
    store::check_page_limit(max);
    auto reader = database_.read();
    std::vector<std::pair<std::string, std::uint64_t>> keys;
    Holders holders;
    for (auto rows = reader->statement(most_blocked).query(max); rows.next();) {
        keys.emplace_back(rows.string(0), static_cast<std::uint64_t>(rows.int64(1)));
        holders.try_emplace(rows.string(0));
    }
    if (keys.empty()) return {};
    find_holders(*reader, holders);
    std::vector<KeyView> views;
    for (const auto& [key, blocked] : keys) {
        views.push_back(key_view(key, blocked));
        views.back().holders = std::move(holders[key]);
    }
    return views;
}

std::optional<KeyView> SqliteStore::find_key(std::string_view queue, std::string_view key) {
    auto reader = database_.read();
    const auto full = full_key(queue, key);
    std::uint64_t blocked = 0;
    {
        auto rows = reader->statement(count_blocked).query(full);
        if (rows.next()) blocked = static_cast<std::uint64_t>(rows.int64(0));
    }
    auto view = key_view(full, blocked);
    for (auto rows = reader->statement(turn_holders).query(full, most_holders_shown); rows.next();)
        view.holders.push_back(rows.job_id(0));
    if (view.blocked == 0 && view.holders.empty()) return std::nullopt;
    return view;
}

}  // namespace errand::sqlite
