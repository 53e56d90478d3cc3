#include "store/sqlite/flags.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/turns.hpp"
#include "store/sqlite/waiting.hpp"
#include "store/sqlite/workflow_ends.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/failpoint.hpp"

namespace errand::sqlite {

namespace {

constexpr auto next_due = sql_named(sql::claim_sql, "next_due");
constexpr auto next_opening = sql_named(sql::claim_sql, "next_opening");
constexpr auto open_limits = sql_named(sql::claim_sql, "open_limits");
constexpr auto due_jobs = sql_named(sql::claim_sql, "due_jobs");

std::optional<Timestamp> first_time(Connection& connection, std::string_view sql) {
    auto rows = connection.statement(sql).query();
    return rows.next() ? time_in(rows, 0) : std::nullopt;
}

/// Of a waiting job, or of a limit that its rate has closed.
std::optional<Timestamp> read_next_due(Connection& connection) {
    const auto job = first_time(connection, next_due);
    const auto limit = first_time(connection, next_opening);
    if (!job || !limit) return job ? job : limit;
    return std::min(*job, *limit);
}

struct Due {
    std::int64_t n;
    bool has_turn;
    std::string key;
};

std::vector<Due> read_due(Connection& writer, Timestamp now, std::uint32_t max) {
    std::vector<Due> due;
    for (auto rows = writer.statement(due_jobs).query(now, max); rows.next();) {
        due.push_back({rows.int64(0), (rows.int64(1) & flag_turn) != 0, rows.string(2)});
    }
    return due;
}

bool any_ends_left(Connection& reader) {
    constexpr auto any_ended = sql_named(sql::workflow_sql, "any_ended");
    auto rows = reader.statement(any_ended).query();
    return rows.next() && rows.int64(0) != 0;
}

}  // namespace

bool SqliteStore::continue_workflows() {
    FollowUp follow_up;
    database_.write([&] { follow_up = follow([](WorkflowEnds& ends) { ends.work_off(true); }); });
    tell(follow_up);
    return follow_up.left;
}

Promotion SqliteStore::promote_due(std::uint32_t max) {
    const bool workflows_left = any_ends_left(*database_.read()) && continue_workflows();
    Promotion promotion = promote_jobs(max);
    if (workflows_left) promotion.next_due = now();
    return promotion;
}

Promotion SqliteStore::promote_jobs(std::uint32_t max) {
    const auto first = read_next_due(*database_.read());
    if (!first || *first > now()) return {0, first};
    Promotion promotion;
    bool opened = false;
    base::failpoint("promote.before_begin");
    const auto work = [&] {
        base::failpoint("promote.after_begin");
        auto& writer = database_.writer();
        const auto due = read_due(writer, now(), max);
        Turns turns{writer};
        for (const auto& job : due)
            end_waiting(writer, turns, job.n, job.key, job.has_turn);
        opened = writer.statement(open_limits).run(now()) != 0;
        promotion = {static_cast<std::uint32_t>(due.size()), read_next_due(writer)};
        base::failpoint("promote.before_commit");
    };
    database_.write(work, Sync::not_needed);  // what is lost is due again
    base::failpoint("promote.after_commit");
    if (promotion.promoted != 0 || opened) wake(WakeChannel::work);
    return promotion;
}

}  // namespace errand::sqlite
