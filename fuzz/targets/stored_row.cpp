#include "support.hpp"

#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <errand/store/store.hpp>

#include <sqlite3.h>

#include <array>
#include <memory>
#include <string>

// Rows that somebody else has written into the file: every call reads them or refuses them.

namespace {

using namespace errand;

/// A store with one job, and a second connection to its file that spoils it.
class Spoiled {
public:
    Spoiled() {
        sqlite3_open((folder_.path() / "a.db").c_str(), &db_);
        info_.name = "w";
        info_.host = "h";
        info_.max_leases = 8;
        session_ = store_->join(info_);
    }

    void live(fuzz::Bytes& bytes) {
        const JobId id = add_job();
        if (bytes.byte() % 2 == 0) static_cast<void>(claim());
        while (!bytes.empty())
            spoil(bytes);
        look(id);
        for (const auto& lease : claim()) {
            Settlement item;
            item.lease = lease.ref;
            item.to = JobState::completed;
            static_cast<void>(fuzz::accepted([&] {
                static_cast<void>(store_->settle({&item, 1}));
            }));
        }
        look(id);
        execute(
            "DELETE FROM errand_job; DELETE FROM errand_ready; DELETE FROM errand_waiting;"
            "DELETE FROM errand_active; DELETE FROM errand_done; DELETE FROM errand_unique;"
            "DELETE FROM errand_error; DELETE FROM errand_log; DELETE FROM errand_progress;"
            "DELETE FROM errand_effect; DELETE FROM errand_blocked; DELETE FROM errand_turn;"
            "DELETE FROM errand_limit; DELETE FROM errand_paused; DELETE FROM errand_queue;"
            "DELETE FROM errand_fair;");
    }

private:
    struct Column {
        const char* sql;
        bool text;
    };
    static constexpr std::array columns{
        Column{"UPDATE errand_job SET args = ?1", true},
        Column{"UPDATE errand_job SET meta = ?1", true},
        Column{"UPDATE errand_job SET tags = ?1", true},
        Column{"UPDATE errand_job SET retry = ?1", true},
        Column{"UPDATE errand_job SET unique_key = ?1", true},
        Column{"UPDATE errand_job SET id = ?1", true},
        Column{"UPDATE errand_job SET max_attempts = ?1", false},
        Column{"UPDATE errand_job SET timeout_us = ?1", false},
        Column{"UPDATE errand_job SET created_at = ?1", false},
        Column{"UPDATE errand_job SET lane = ?1", false},
        Column{"UPDATE errand_ready SET attempt = ?1", false},
        Column{"UPDATE errand_ready SET lease_seq = ?1", false},
        Column{"UPDATE errand_ready SET crashes = ?1", false},
        Column{"UPDATE errand_ready SET flags = ?1", false},
        Column{"UPDATE errand_ready SET started_at = ?1", false},
        Column{"UPDATE errand_ready SET worker = ?1", false},
        Column{"UPDATE errand_job SET key = ?1", true},
        Column{"UPDATE errand_job SET weight = ?1", false},
        Column{"UPDATE errand_job SET expires_at = ?1", false},
        Column{"UPDATE errand_ready SET place = ?1", false},
        Column{"INSERT INTO errand_limit VALUES (?1, 1, '1/1s', '', 1)", true},
        Column{"INSERT INTO errand_limit VALUES ('global', 1, ?1, ?1, 1)", true},
        Column{"INSERT INTO errand_paused VALUES (?1, 1, ?1)", true},
        Column{"INSERT INTO errand_queue VALUES ('q', 2, 0, 1, ?1, 5)", true},
        Column{"INSERT INTO errand_queue VALUES ('q', ?1, ?1, ?1, '{}', ?1)", false},
        Column{"INSERT INTO errand_turn VALUES (?1, 1)", true},
        Column{"INSERT INTO errand_blocked SELECT ?1, 1, n, 1, 1, 0, 0, 0, 1, 1 FROM errand_job",
               true},
        Column{"UPDATE errand_active SET flags = ?1", false},
        Column{"UPDATE errand_active SET lease_until = ?1", false},
        Column{"UPDATE errand_active SET attempt = ?1", false},
        Column{"UPDATE errand_active SET worker = ?1", false},
        Column{"INSERT INTO errand_done SELECT n, ?1, 1, 1, 1, 0, 0, 4, 1, 1, 'x' FROM errand_job",
               false},
        Column{"INSERT INTO errand_error SELECT n, 1, 1, 1, 1, ?1, ?1, ?1, ?1, ?1, ?1 "
               "FROM errand_job",
               true},
        Column{"INSERT INTO errand_error SELECT n, 2, ?1, 1, ?1, '', '', '', '', '', '' "
               "FROM errand_job",
               false},
        Column{"INSERT INTO errand_log SELECT n, 1, 1, ?1 FROM errand_job", true},
        Column{"INSERT INTO errand_progress SELECT n, 1, 2, ?1 FROM errand_job", true},
    };

    void execute(const char* sql) { sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }

    JobId add_job() {
        NewJob job;
        job.id = new_job_id();
        job.type = "t";
        job.queue = "q";
        job.args = "[1]";
        static_cast<void>(store_->insert({&job, 1}));
        return job.id;
    }

    std::vector<Lease> claim() {
        std::vector<Lease> leases;
        static_cast<void>(fuzz::accepted([&] {
            leases = store_->claim({session_->id(), {{"q", 5}}, {"t"}, std::chrono::seconds{5}});
        }));
        return leases;
    }

    /// A refused value (a type that the table does not take) changes nothing.
    void spoil(fuzz::Bytes& bytes) {
        const auto& column = columns[bytes.byte() % columns.size()];
        sqlite3_stmt* prepared = nullptr;
        sqlite3_prepare_v2(db_, column.sql, -1, &prepared, nullptr);
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement{prepared,
                                                                              sqlite3_finalize};
        fuzz::require(prepared != nullptr, "the schema has changed: correct this target");
        std::string text;
        if (column.text) {
            text = bytes.text(200);
            const bool blob = std::string_view{column.sql}.find(" id ") != std::string_view::npos;
            const auto size = static_cast<int>(text.size());
            if (blob) {
                sqlite3_bind_blob(prepared, 1, text.data(), size, SQLITE_STATIC);
            } else {
                sqlite3_bind_text(prepared, 1, text.data(), size, SQLITE_STATIC);
            }
        } else {
            sqlite3_bind_int64(prepared, 1, bytes.byte() % 3 == 0 ? bytes.int64() : bytes.byte());
        }
        sqlite3_step(prepared);
    }

    void look(const JobId& id) {
        const auto allow = [](auto call) { static_cast<void>(fuzz::accepted(call)); };
        allow([&] { static_cast<void>(store_->find(id)); });
        allow([&] { static_cast<void>(store_->list({}, 10, "")); });
        allow([&] { static_cast<void>(store_->logs(id)); });
        allow([&] { static_cast<void>(store_->stats()); });
        allow([&] { static_cast<void>(store_->queue_settings()); });
        allow([&] { static_cast<void>(store_->limits()); });
        allow([&] { static_cast<void>(store_->pauses()); });
        allow([&] { static_cast<void>(store_->blocked_keys(10)); });
        allow([&] { static_cast<void>(store_->workers()); });
        allow([&] { static_cast<void>(store_->check()); });
        allow([&] {
            static_cast<void>(
                store_->take_over_expired(session_->id(), 5, std::chrono::seconds{1}));
        });
    }

    test::TempDir folder_;
    test::ManualClock clock_;
    std::shared_ptr<Store> store_ = open_store(
        "sqlite:" + (folder_.path() / "a.db").string() + "?durability=process", {.clock = &clock_});
    WorkerInfo info_;
    std::unique_ptr<WorkerSession> session_;
    sqlite3* db_ = nullptr;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Spoiled store;
    fuzz::Bytes bytes{data, size};
    store.live(bytes);
    return 0;
}
