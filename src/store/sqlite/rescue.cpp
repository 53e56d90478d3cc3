#include "store/sqlite/flags.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/worker_events.hpp"
#include "store/sqlite/worker_file.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

#include <filesystem>

namespace errand::sqlite {

namespace {

constexpr auto lease_holders = sql_named(sql::lease_sql, "lease_holders");
constexpr auto lost_leases = sql_named(sql::lease_sql, "lost_leases");
constexpr auto take_over = sql_named(sql::lease_sql, "take_over");
constexpr auto present_workers = sql_named(sql::lease_sql, "present_workers");
constexpr auto worker_left = sql_named(sql::lease_sql, "worker_left");

/// A worker that has leases to lose: it is dead, or some of them ran out.
struct Loser {
    std::int64_t worker;
    bool dead;
    std::string name, host, file;
};

std::vector<Loser> find_losers(Database& database, Timestamp now) {
    std::vector<Loser> losers;
    auto reader = database.read();
    for (auto rows = reader->statement(lease_holders).query(now); rows.next();) {
        Loser loser{rows.int64(0), false, rows.string(1), rows.string(2), {}};
        if (!rows.is_null(3)) loser.file = database.run_file(rows.string(3));
        loser.dead = !loser.file.empty() && worker_life(loser.file) == WorkerLife::dead;
        const bool some_ran_out = rows.int64(4) != 0;
        if (loser.dead || some_ran_out) losers.push_back(std::move(loser));
    }
    return losers;
}

/// Takes leases of lost workers in one open write transaction.
class Rescue {
public:
    Rescue(Connection& writer, const LaneTable& lanes, WorkerId worker, Duration lease,
           Timestamp now)
        : writer_(writer), lanes_(lanes), worker_(worker), lease_(lease), now_(now) {}

    void take_from(const Loser& loser, std::uint32_t max) {
        const WorkerMarks marks{loser.file};
        const auto first = taken.size();
        for (auto rows = writer_.statement(lost_leases).query(loser.worker, loser.dead, now_, max);
             rows.next();) {
            taken.push_back(read(rows, loser, marks));
        }
        for (auto i = first; i < taken.size(); ++i) {
            const auto flags =
                flag_taken_over | static_cast<std::int64_t>(taken[i].mark) * mark_unit;
            writer_.statement(take_over).run(taken[i].lease.ref.row, now_ + lease_, worker_, flags);
        }
    }

    std::vector<TakenLease> taken;

private:
    /// A rescuer runs no handler: of what it had taken over and not settled, the mark that it found
    /// itself still holds.
    static RunMark mark_of(std::optional<RunMark> noted, std::int64_t flags) {
        const bool taken_before = (flags & flag_taken_over) != 0;
        if (taken_before && noted.value_or(RunMark::unknown) == RunMark::unknown) {
            return static_cast<RunMark>((flags & mark_bits) / mark_unit);
        }
        return noted.value_or(RunMark::claimed);
    }

    TakenLease read(const Statement::Rows& rows, const Loser& loser,
                    const WorkerMarks& marks) const {
        TakenLease lost;
        auto& lease = lost.lease;
        lease.ref = {rows.job_id(6), static_cast<std::uint64_t>(rows.int64(2)) + 1, rows.int64(0)};
        lease.attempt = static_cast<std::uint32_t>(rows.int64(1));
        lease.crashes = static_cast<std::uint32_t>(rows.int64(3));
        lease.interruptions = static_cast<std::uint32_t>(rows.int64(4));
        lease.args = rows.string(7);
        lease.meta = rows.string(8);
        lease.max_attempts = static_cast<std::uint32_t>(rows.int64(9));
        lease.retry = retry_in(rows, 10);
        lease.timeout = duration_in(rows, 11);
        lease.priority = static_cast<std::int32_t>(rows.int64(12));
        lease.scheduled_at = rows.time(13);
        lease.key = key_of(rows.text(15));
        lease.expires_at = time_in(rows, 16);
        const auto lane = lanes_.at(rows.int64(14), writer_);
        lease.queue = lane.queue;
        lease.type = lane.type;
        lease.claimed_at = now_;
        lease.lease_until = now_ + lease_;
        lease.in_workflow = (rows.int64(5) & flag_in_workflow) != 0;
        lost.mark = mark_of(marks.find(lease.ref.row, static_cast<std::uint64_t>(rows.int64(2))),
                            rows.int64(5));
        lost.worker_died = loser.dead;
        lost.worker = loser.name;
        lost.host = loser.host;
        return lost;
    }

    Connection& writer_;
    const LaneTable& lanes_;
    WorkerId worker_;
    Duration lease_;
    Timestamp now_;
};

/// Dead workers that hold nothing any more are written off, and their files removed.
void bury_dead_workers(Database& database) {
    struct Gone {
        std::int64_t worker;
        std::string file;
    };
    std::vector<Gone> gone;
    {
        auto reader = database.read();
        for (auto rows = reader->statement(present_workers).query(); rows.next();) {
            auto file = database.run_file(rows.string(8));
            if (rows.int64(9) == 0 && worker_life(file) == WorkerLife::dead) {
                gone.push_back({rows.int64(0), std::move(file)});
            }
        }
    }
    if (gone.empty()) return;
    database.write([&] {
        for (const auto& worker : gone) {
            const auto gone_now =
                database.writer().statement(worker_left).run(worker.worker, database.now());
            if (gone_now != 0) note_worker(database, EventKind::worker_died, worker.worker);
        }
    });
    base::failpoint("bury.after_commit");
    std::error_code ignored;  // another rescuer may have removed it
    for (const auto& worker : gone)
        std::filesystem::remove(worker.file, ignored);
}

}  // namespace

std::vector<TakenLease> SqliteStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                       Duration lease) {
    store::check_length("lease", lease);
    const auto losers = find_losers(database_, now());
    if (losers.empty()) {
        bury_dead_workers(database_);
        return {};
    }
    lanes_.refresh(*database_.read());
    std::vector<TakenLease> taken;
    base::failpoint("take_over.before_begin");
    database_.write([&] {
        base::failpoint("take_over.after_begin");
        Rescue rescue{database_.writer(), lanes_, worker, lease, now()};
        for (const auto& loser : losers) {
            const auto left = max - static_cast<std::uint32_t>(rescue.taken.size());
            if (left != 0) rescue.take_from(loser, left);
        }
        for (const auto& lost : rescue.taken) {
            if (!database_.events().wanted(EventKind::job_rescued, lost.lease.ref.id)) continue;
            database_.events().note(
                core::rescued(core::event_job(lost.lease), lost.worker, lost.worker_died), now());
        }
        taken = std::move(rescue.taken);
        base::failpoint("take_over.before_commit");
    });
    base::failpoint("take_over.after_commit");
    return taken;
}

}  // namespace errand::sqlite
