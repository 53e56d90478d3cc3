#include "store/sqlite/cancel.hpp"
#include "store/sqlite/control_events.hpp"
#include "store/sqlite/flags.hpp"
#include "store/sqlite/resting.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/turns.hpp"
#include "store/sqlite/unique_keys.hpp"
#include "store/sqlite/workflow_prune.hpp"
#include "store/sqlite/workflow_retry.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

namespace errand::sqlite {

namespace {

constexpr auto lane_without_its_key = sql_named(sql::control_sql, "lane_without_its_key");
constexpr auto relane_job = sql_named(sql::control_sql, "relane_job");
constexpr auto find_life = sql_named(sql::control_sql, "find_life");
constexpr auto leave_ready_by_number = sql_named(sql::control_sql, "leave_ready_by_number");
constexpr auto leave_done = sql_named(sql::control_sql, "leave_done");
constexpr auto leave_waiting = sql_named(sql::claim_sql, "leave_waiting");
constexpr auto to_done = sql_named(sql::settle_sql, "to_done");
constexpr auto to_ready = sql_named(sql::settle_sql, "to_ready");
constexpr auto add_flags = sql_named(sql::lease_sql, "add_flags");
constexpr auto leave_blocked_by_number = sql_named(sql::control_sql, "leave_blocked_by_number");
constexpr auto to_blocked = sql_named(sql::turn_sql, "to_blocked");
constexpr auto forget_fair_keys = sql_named(sql::control_sql, "forget_fair_keys");
constexpr auto key_of_job = sql_named(sql::turn_sql, "key_of");

/// A job as the controlling calls see it: where it rests and what goes along with it.
struct Resting {
    enum class Table : std::int64_t { waiting = 2, ready = 3, active = 4, blocked = 5, done = 6 };
    std::int64_t n;
    Table table;
    std::int64_t attempt, lease_seq, crashes, interruptions, flags;
    std::optional<std::int64_t> started_at, worker;
    JobState state;
};

std::optional<Resting> read_resting(Connection& connection, const JobId& id) {
    auto rows = connection.statement(find_life).query(id);
    if (!rows.next()) return std::nullopt;
    const auto optional = [&](int column) {
        return rows.is_null(column) ? std::nullopt : std::optional{rows.int64(column)};
    };
    return Resting{rows.int64(0), static_cast<Resting::Table>(rows.int64(1)),
                   rows.int64(2), rows.int64(3),
                   rows.int64(4), rows.int64(5),
                   rows.int64(6), optional(7),
                   optional(8),   static_cast<JobState>(rows.int64(9))};
}

void leave(Connection& writer, const Resting& job) {
    switch (job.table) {
        case Resting::Table::waiting:
            writer.statement(leave_waiting).run(job.n);
            break;
        case Resting::Table::ready:
            writer.statement(leave_ready_by_number).run(job.n);
            break;
        case Resting::Table::blocked:
            writer.statement(leave_blocked_by_number).run(job.n);
            break;
        case Resting::Table::done:
            writer.statement(leave_done).run(job.n);
            break;
        case Resting::Table::active:
            break;  // only a settlement ends a lease
    }
}

/// What an unfinished job holds, others may have.
void let_go(UniqueKeys& unique, Turns& turns, const Resting& job) {
    if ((job.flags & unique_hold_flags) != 0) unique.release(job.n);
    if ((job.flags & flag_turn) != 0) turns.leave(job.flags);
}

}  // namespace

ControlResult cancel_job(Connection& writer, Turns& turns, NodeEnds& ends, const JobId& id,
                         Timestamp now) {
    const auto job = read_resting(writer, id);
    if (!job) return ControlResult::not_found;
    if (job->table == Resting::Table::active) {
        writer.statement(add_flags).run(job->n, flag_cancel_requested);
        return ControlResult::requested;
    }
    if (job->state == JobState::cancelled) return ControlResult::done;
    if (is_end(job->state)) return ControlResult::refused;
    leave(writer, *job);
    UniqueKeys unique{writer, now};
    let_go(unique, turns, *job);
    writer.statement(to_done).run(job->n, JobState::cancelled, now, job->attempt, job->lease_seq,
                                  job->crashes, job->interruptions, job->flags & flags_of_the_ended,
                                  job->started_at, job->worker, std::optional<std::string_view>{});
    if ((job->flags & flag_in_workflow) != 0) ends.note(job->n, JobState::cancelled);
    return ControlResult::done;
}

namespace {

/// The key is free, or there is none: it is this job's again. False: another job holds it.
bool hold_unique_again(Connection& writer, Resting& job, Timestamp now) {
    if ((job.flags & flag_unique) == 0) return true;
    const auto flags = UniqueKeys{writer, now}.hold_again(job.n);
    job.flags |= flags.value_or(0);
    return flags.has_value();
}

/// As far as it needs a turn of its key and has none.
Turns::Entry take_turn(Connection& writer, Turns& turns, const Resting& job) {
    if ((job.flags & flag_turn) != 0) return {};
    std::string key;
    {
        auto rows = writer.statement(key_of_job).query(job.n);
        if (rows.next()) key = rows.string(0);
    }
    return key.empty() ? Turns::Entry{} : turns.enter(key, job.n);
}

/// A rule about the job's key may be younger than its end, when lanes were given.
void follow_rules(Connection& writer, const LaneTable& lanes, std::int64_t n) {
    std::int64_t old = 0;
    std::string key;
    {
        auto rows = writer.statement(lane_without_its_key).query(n);
        if (!rows.next()) return;
        old = rows.int64(0);
        key = rows.string(1);
    }
    const auto from = lanes.at(old, writer);
    writer.statement(relane_job)
        .run(n, lane_in_transaction(writer, from.queue, from.type, key, from.needs));
}

void begin_attempts_anew(Connection& writer, const LaneTable& lanes, Resting& job) {
    job.attempt = job.crashes = job.interruptions = 0;
    follow_rules(writer, lanes, job.n);
}

void make_available(Connection& writer, Turns& turns, Resting& job) {
    leave(writer, job);
    const auto entry = take_turn(writer, turns, job);
    if (entry.blocked) {
        writer.statement(to_blocked)
            .run(job.n, job.attempt, job.lease_seq, job.crashes, job.interruptions, job.flags,
                 job.started_at, job.worker, entry.key_number);
        return;
    }
    writer.statement(to_ready).run(job.n, job.attempt, job.lease_seq, job.crashes,
                                   job.interruptions, job.flags | entry.flags, job.started_at,
                                   job.worker);
}

ControlResult retry_one(Connection& writer, Turns& turns, const LaneTable& lanes,
                        WorkflowEvents& told, const JobId& id, Timestamp now) {
    auto job = read_resting(writer, id);
    if (!job) return ControlResult::not_found;
    const bool ended = job->table == Resting::Table::done;
    if (!ended && job->table != Resting::Table::waiting) return ControlResult::refused;
    if (job->state == JobState::pending) return ControlResult::refused;
    if (ended && (job->flags & flag_in_workflow) != 0) {
        const auto next = WorkflowRetry{writer, told}.prepare(job->n);
        if (next == WorkflowRetry::Next::refused) return ControlResult::refused;
        if (next == WorkflowRetry::Next::waits) return ControlResult::done;
    }
    if (ended && !hold_unique_again(writer, *job, now)) return ControlResult::refused;
    if (ended) begin_attempts_anew(writer, lanes, *job);
    make_available(writer, turns, *job);
    return ControlResult::done;
}

}  // namespace

void begin_ended_job(Connection& writer, Turns& turns, const LaneTable& lanes, const JobId& id) {
    auto job = read_resting(writer, id);
    if (!job || job->table != Resting::Table::done) return;
    begin_attempts_anew(writer, lanes, *job);
    make_available(writer, turns, *job);
}

void remove_rows(Connection& writer, UniqueKeys& unique, std::int64_t n, std::int64_t flags) {
    constexpr auto remove_job = sql_named(sql::control_sql, "remove_job");
    constexpr auto remove_errors = sql_named(sql::control_sql, "remove_errors");
    constexpr auto remove_logs = sql_named(sql::control_sql, "remove_logs");
    constexpr auto remove_progress = sql_named(sql::control_sql, "remove_progress");
    constexpr auto remove_effects = sql_named(sql::control_sql, "remove_effects");
    if ((flags & flag_has_extras) != 0) {
        for (const auto sql : {remove_errors, remove_logs, remove_progress, remove_effects}) {
            writer.statement(sql).run(n);
        }
    }
    if ((flags & flag_unique) != 0) unique.forget(n);
    writer.statement(remove_job).run(n);
}

namespace {

/// What is shown of the job in its workflow stays; one that had not ended counts as cancelled.
void leave_workflow(Connection& writer, NodeEnds& ends, const Resting& job) {
    constexpr auto keep_removed = sql_named(sql::workflow_sql, "keep_removed");
    if (!is_end(job.state)) ends.note(job.n, JobState::cancelled);
    writer.statement(keep_removed).run(job.n, job.state == JobState::completed);
}

ControlResult remove_one(Connection& writer, Turns& turns, NodeEnds& ends, const JobId& id,
                         Timestamp now) {
    const auto job = read_resting(writer, id);
    if (!job) return ControlResult::not_found;
    if (job->table == Resting::Table::active) return ControlResult::refused;
    UniqueKeys unique{writer, now};
    leave(writer, *job);
    let_go(unique, turns, *job);
    if ((job->flags & flag_in_workflow) != 0) leave_workflow(writer, ends, *job);
    remove_rows(writer, unique, job->n, job->flags);
    return ControlResult::done;
}

/// Jobs that may be pruned, at most `max`, as (number, flags).
using Prunable = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Numbers grow with age, so old completed jobs stand at the front. A page without any ends the
/// search: what is younger than the cut among low numbers will be old later.
void find_completed(Connection& reader, Timestamp cut, std::uint32_t max, Prunable& found) {
    constexpr auto completed_from = sql_named(sql::control_sql, "completed_from");
    constexpr std::int64_t page = 2'000;
    std::int64_t after = 0;
    for (bool more = true; more && found.size() < max;) {
        const auto before = found.size();
        std::int64_t seen = 0;
        for (auto rows = reader.statement(completed_from).query(after, page);
             rows.next() && found.size() < max; ++seen) {
            after = rows.int64(0);
            if (rows.time(1) <= cut) found.emplace_back(after, rows.int64(2));
        }
        more = seen == page && found.size() > before;
    }
}

void find_unusual(Connection& reader, JobState state, Timestamp cut, std::uint32_t max,
                  Prunable& found) {
    constexpr auto ended_by = sql_named(sql::control_sql, "ended_by");
    if (found.size() >= max) return;
    for (auto rows = reader.statement(ended_by).query(state, cut, max - found.size());
         rows.next();) {
        found.emplace_back(rows.int64(0), rows.int64(1));
    }
}

void forget_old_workers(Database& database) {
    constexpr auto forget_workers = sql_named(sql::lease_sql, "forget_workers");
    constexpr Duration kept = std::chrono::days{7};
    database.writer().statement(forget_workers).run(database.now() - kept);
}

}  // namespace

void SqliteStore::control(const std::function<void()>& work) {
    base::failpoint("control.before_begin");
    database_.write([&] {
        base::failpoint("control.after_begin");
        work();
        base::failpoint("control.before_commit");
    });
    base::failpoint("control.after_commit");
}

std::vector<ControlResult> SqliteStore::cancel(std::span<const JobId> ids) {
    store::check_batch(ids.size(), database_.options().limits);
    std::vector<ControlResult> results;
    bool admitted = false;
    FollowUp follow_up;
    control([&] {
        results.clear();
        Turns turns{database_.writer()};
        ControlEvents told{database_.events(), database_.writer(), lanes_, now()};
        NodeEnds ends;
        for (const auto& id : ids) {
            results.push_back(told.cancel(
                id, [&] { return cancel_job(database_.writer(), turns, ends, id, now()); }));
        }
        admitted = turns.admitted;
        follow_up = follow(ends);
    });
    wake(WakeChannel::control);
    wake(WakeChannel::ended);
    if (admitted) wake(WakeChannel::work);
    tell(follow_up);
    return results;
}

std::vector<ControlResult> SqliteStore::retry(std::span<const JobId> ids) {
    store::check_batch(ids.size(), database_.options().limits);
    std::vector<ControlResult> results;
    control([&] {
        results.clear();
        Turns turns{database_.writer()};
        ControlEvents told{database_.events(), database_.writer(), lanes_, now()};
        auto of_workflows = workflow_events();
        for (const auto& id : ids)
            results.push_back(told.retry(id, [&] {
                return retry_one(database_.writer(), turns, lanes_, of_workflows, id, now());
            }));
    });
    learn_lanes();
    wake(WakeChannel::work);
    return results;
}

std::vector<ControlResult> SqliteStore::remove(std::span<const JobId> ids) {
    store::check_batch(ids.size(), database_.options().limits);
    std::vector<ControlResult> results;
    bool admitted = false;
    FollowUp follow_up;
    control([&] {
        results.clear();
        Turns turns{database_.writer()};
        ControlEvents told{database_.events(), database_.writer(), lanes_, now()};
        NodeEnds ends;
        for (const auto& id : ids) {
            results.push_back(told.remove(
                id, [&] { return remove_one(database_.writer(), turns, ends, id, now()); }));
        }
        admitted = turns.admitted;
        follow_up = follow(ends);
    });
    wake(WakeChannel::ended);
    if (admitted) wake(WakeChannel::work);
    tell(follow_up);
    return results;
}

std::uint32_t SqliteStore::prune(const Retention& retention, std::uint32_t max) {
    forget_idle_subscriptions();
    Prunable old;
    std::vector<std::int64_t> workflows;
    bool any_expired = false;
    {
        auto reader = database_.read();
        find_completed(*reader, now() - retention.completed, max, old);
        find_unusual(*reader, JobState::cancelled, now() - retention.cancelled, max, old);
        find_unusual(*reader, JobState::discarded, now() - retention.discarded, max, old);
        if (old.size() < max) workflows = find_prunable_workflows(*reader, retention, now(), max);
        any_expired = any_expired_hold(*reader, now());
    }
    if (old.empty() && workflows.empty() && !any_expired) return 0;
    std::uint32_t pruned = 0;
    base::failpoint("prune.before_begin");
    database_.write([&] {
        base::failpoint("prune.after_begin");
        auto& writer = database_.writer();
        UniqueKeys unique{writer, now()};
        pruned = 0;
        for (const auto& [n, flags] : old) {
            // An operator's retry may have come in between.
            if (writer.statement(leave_done).run(n) == 0) continue;
            remove_rows(writer, unique, n, flags);
            ++pruned;
        }
        for (const auto workflow : workflows) {
            if (pruned < max) pruned += prune_workflow(writer, workflow, now(), max - pruned);
        }
        unique.forget_expired(max);
        forget_old_workers(database_);
        writer.statement(forget_fair_keys).run();
        base::failpoint("prune.before_commit");
    });
    base::failpoint("prune.after_commit");
    return pruned;
}

}  // namespace errand::sqlite
