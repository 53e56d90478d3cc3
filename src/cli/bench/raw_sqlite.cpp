#include "cli/bench/raw_sqlite.hpp"

#include "cli/bench/load.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cstring>
#include <random>

namespace errand::cli::bench {
namespace {

using Id = std::array<std::uint8_t, 16>;

struct Close {
    void operator()(sqlite3* db) const noexcept { ::sqlite3_close_v2(db); }
    void operator()(sqlite3_stmt* statement) const noexcept { ::sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

void check(sqlite3* db, int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    throw Error(ErrorCode::store_unavailable,
                fmt::format("raw SQLite loop: {}", ::sqlite3_errmsg(db)));
}

/// Where a job waits: the key of its row in `ready`.
struct Place {
    std::int64_t row = 0;
    std::int64_t run_at = 0;
};

/// A job's immutable part, and small tables whose rows tell its state.
constexpr const char* schema = R"sql(
CREATE TABLE job(n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, queue INT, type INT, priority INT,
                 created_at INT, max_attempts INT, args BLOB NOT NULL) STRICT;
CREATE TABLE ready(queue INT, priority INT, run_at INT, n INT,
                   PRIMARY KEY(queue, priority DESC, run_at, n)) STRICT, WITHOUT ROWID;
CREATE TABLE active(n INTEGER PRIMARY KEY, lease_seq INT, lease_until INT, worker INT,
                    attempt INT) STRICT;
CREATE TABLE done(n INTEGER PRIMARY KEY, state INT, finished_at INT, attempt INT,
                  result BLOB) STRICT;
)sql";

class RawQueue {
public:
    RawQueue(const std::filesystem::path& file, bool full) : db_(open(file)) {
        run(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        run(schema);
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
        insert_job_ = prepare(
            "INSERT INTO job(id,queue,type,priority,args,created_at,max_attempts) "
            "VALUES(?1,1,1,0,?2,?3,20)");
        insert_ready_ = prepare("INSERT INTO ready(queue,priority,run_at,n) VALUES(1,0,?1,?2)");
        select_jobs_ = prepare(
            "SELECT r.n,r.run_at,j.id,j.args FROM ready r CROSS JOIN job j ON j.n=r.n "
            "WHERE r.queue=1 ORDER BY r.priority DESC,r.run_at,r.n LIMIT ?1");
        activate_ = prepare(
            "INSERT INTO active(n,lease_seq,lease_until,worker,attempt) "
            "SELECT n,1,?3,1,1 FROM ready WHERE queue=1 AND priority=0 AND (run_at,n)<=(?1,?2)");
        leave_ready_ =
            prepare("DELETE FROM ready WHERE queue=1 AND priority=0 AND (run_at,n)<=(?1,?2)");
        finish_active_ = prepare(
            "INSERT INTO done(n,state,finished_at,attempt) "
            "SELECT n,6,?3,attempt FROM active WHERE n BETWEEN ?1 AND ?2 AND lease_seq=1");
        leave_active_ = prepare("DELETE FROM active WHERE n BETWEEN ?1 AND ?2");
        finish_ready_ = prepare(
            "INSERT INTO done(n,state,finished_at,attempt) "
            "SELECT n,6,?3,1 FROM ready WHERE queue=1 AND priority=0 AND (run_at,n)<=(?1,?2)");
    }

    void enqueue(std::uint64_t count) {
        static const std::string args = make_job().args;
        step(begin_);
        for (std::uint64_t i = 0; i < count; ++i) {
            const Id id = next_id();
            const auto run_at = ++time_;
            ::sqlite3_bind_blob(insert_job_.get(), 1, id.data(), id.size(), SQLITE_STATIC);
            ::sqlite3_bind_blob(insert_job_.get(), 2, args.data(), static_cast<int>(args.size()),
                                SQLITE_STATIC);
            bind(insert_job_, 3, run_at);
            step(insert_job_);
            bind(insert_ready_, 1, run_at);
            bind(insert_ready_, 2, ::sqlite3_last_insert_rowid(db_.get()));
            step(insert_ready_);
        }
        step(commit_);
    }

    /// Claims a batch and settles it, each in a transaction, moving whole ranges of rows: fewer
    /// statements than moving them one by one. The number of jobs.
    std::uint64_t process_durably() {
        step(begin_);
        const auto batch = read_batch();
        move(activate_, batch.last.run_at, batch.last.row, time_ + 15'000'000);
        move(leave_ready_, batch.last.run_at, batch.last.row);
        step(commit_);
        step(begin_);
        move(finish_active_, batch.first.row, batch.last.row, time_);
        move(leave_active_, batch.first.row, batch.last.row);
        step(commit_);
        return batch.size;
    }

    /// The same, but a claim is not written.
    std::uint64_t process_with_memory_claims() {
        const auto batch = read_batch();
        step(begin_);
        move(finish_ready_, batch.last.run_at, batch.last.row, time_);
        move(leave_ready_, batch.last.run_at, batch.last.row);
        step(commit_);
        return batch.size;
    }

private:
    static Database open(const std::filesystem::path& file) {
        sqlite3* opened = nullptr;
        const int code = ::sqlite3_open(file.c_str(), &opened);
        Database db{opened};
        check(opened, code);
        // As much room as helps: nothing of the engine's own limit may be lost here.
        for (const char* pragma :
             {"PRAGMA journal_mode=WAL", "PRAGMA cache_size=-262144",
              "PRAGMA wal_autocheckpoint=8000", "PRAGMA mmap_size=2147483648"}) {
            check(opened, ::sqlite3_exec(opened, pragma, nullptr, nullptr, nullptr));
        }
        return db;
    }

    void run(const char* sql) {
        check(db_.get(), ::sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr));
    }
    Statement prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        check(db_.get(), ::sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                              &statement, nullptr));
        return Statement{statement};
    }
    static void bind(const Statement& statement, int index, std::int64_t value) {
        ::sqlite3_bind_int64(statement.get(), index, value);
    }
    void step(const Statement& statement) {
        const int code = ::sqlite3_step(statement.get());
        ::sqlite3_reset(statement.get());
        check(db_.get(), code);
    }

    struct Batch {
        std::uint64_t size = 0;
        Place first;
        Place last;
    };
    /// Copies out what the handlers of a batch would get.
    Batch read_batch() {
        Batch batch;
        auto* row = select_jobs_.get();
        bind(select_jobs_, 1, static_cast<std::int64_t>(batch_jobs));
        while (::sqlite3_step(row) == SQLITE_ROW) {
            batch.last = {::sqlite3_column_int64(row, 0), ::sqlite3_column_int64(row, 1)};
            if (batch.size++ == 0) batch.first = batch.last;
            std::memcpy(id_.data(), ::sqlite3_column_blob(row, 2), id_.size());
            args_.assign(static_cast<const char*>(::sqlite3_column_blob(row, 3)),
                         static_cast<std::size_t>(::sqlite3_column_bytes(row, 3)));
        }
        check(db_.get(), ::sqlite3_reset(row));
        return batch;
    }
    template <class... Rest>
    void move(const Statement& statement, std::int64_t from, std::int64_t to, Rest... rest) {
        bind(statement, 1, from);
        bind(statement, 2, to);
        (bind(statement, 3, rest), ...);
        step(statement);
    }

    /// Shaped as a UUIDv7: rising in front, random behind.
    Id next_id() {
        Id id{};
        const auto order = ++made_;
        const auto chance = random_();
        for (std::size_t i = 0; i < 8; ++i)
            id[i] = static_cast<std::uint8_t>(order >> (56 - 8 * i));
        std::memcpy(id.data() + 8, &chance, sizeof chance);
        return id;
    }

    Database db_;
    Statement begin_, commit_, insert_job_, insert_ready_, select_jobs_, activate_, leave_ready_;
    Statement finish_active_, leave_active_, finish_ready_;
    std::mt19937_64 random_{42};
    std::uint64_t made_ = 1'700'000'000'000ULL << 16;
    std::int64_t time_ = 1'700'000'000'000'000;
    Id id_{};
    std::string args_;
};

double time_enqueue(RawQueue& queue, std::uint64_t jobs, const InterruptGuard& interrupt) {
    const auto begin = Clock::now();
    for (std::uint64_t done = 0; done < jobs; done += batch_jobs) {
        interrupt.check();
        queue.enqueue(std::min(batch_jobs, jobs - done));
    }
    return per_second(jobs, Clock::now() - begin);
}

template <class F>
double time_processing(F process_batch, std::uint64_t jobs, const InterruptGuard& interrupt) {
    const auto begin = Clock::now();
    std::uint64_t done = 0;
    while (const auto processed = process_batch()) {
        interrupt.check();
        done += processed;
    }
    if (done != jobs) throw Error(ErrorCode::store_corrupt, "raw SQLite loop: jobs were lost");
    return per_second(jobs, Clock::now() - begin);
}

}  // namespace

RawRates measure_raw_sqlite(const std::filesystem::path& directory, bool full, std::uint64_t jobs,
                            const InterruptGuard& interrupt) {
    RawQueue queue{directory / "raw.db", full};
    RawRates rates;
    rates.enqueue_batch_per_s = time_enqueue(queue, jobs, interrupt);
    rates.process_per_s = time_processing([&] { return queue.process_durably(); }, jobs, interrupt);

    RawQueue second{directory / "raw-memory-claims.db", full};
    rates.enqueue_batch_per_s =
        std::max(rates.enqueue_batch_per_s, time_enqueue(second, jobs, interrupt));
    rates.process_memory_claims_per_s =
        time_processing([&] { return second.process_with_memory_claims(); }, jobs, interrupt);
    return rates;
}

}  // namespace errand::cli::bench
