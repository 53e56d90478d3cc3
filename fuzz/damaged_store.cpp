#include "fuzz/damaged_store.hpp"

#include "core/decide.hpp"
#include "fuzz/support.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>

namespace errand::fuzz {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct CloseDatabase {
    void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinishStatement {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinishStatement>;

DatabaseHandle open_database(const std::string& path) {
    sqlite3* db = nullptr;
    check(sqlite3_open(path.c_str(), &db) == SQLITE_OK, "the copy opens", path);
    sqlite3_exec(db, "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
    return DatabaseHandle{db};
}

StatementHandle prepare(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK,
          "a statement is sound", sql);
    return StatementHandle{statement};
}

std::string text_in(sqlite3_stmt* row, int column) {
    const auto* text = sqlite3_column_text(row, column);
    return text == nullptr ? std::string{} : reinterpret_cast<const char*>(text);
}

void for_each_line(std::string_view text, const std::function<void(std::string_view)>& each) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        each(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
}

NewJob new_job(std::uint8_t number) {
    NewJob job;
    job.id.bytes[0] = number;
    job.type = "mail.send";
    job.args = R"([{"to":"a@example.org"}])";
    job.meta = R"({"traceparent":"none"})";
    job.tags = {"red", "green"};
    job.retry = RetryPolicy::exponential(1min);
    job.timeout = 30s;
    job.max_attempts = 3;
    job.unique_key = fmt::format("key {}", number);
    if (number % 2 == 0) job.unique = {UniqueFor::period, 1h, OnConflict::replace};
    if (number == 7) job.unique.hold = UniqueFor::waiting;
    return job;
}

}  // namespace

DamagedStore::DamagedStore()
    : original_(scratch_.path() / "original.db"), copy_(scratch_.path() / "copy.db") {
    fill();
    read_schema();
}

void DamagedStore::fill() {
    const auto store =
        open_store("sqlite:" + original_ + "?durability=process", {.limits = {}, .clock = &clock_});
    subscribe(*store);
    std::vector<NewJob> jobs;
    for (std::uint8_t number = 1; number <= 8; ++number)
        jobs.push_back(new_job(number));
    jobs[7].delay = 1min;
    static_cast<void>(store->insert(jobs));
    NewJob suppressed = new_job(8);
    suppressed.id.bytes[0] = 80;
    suppressed.delay = 1min;
    static_cast<void>(store->insert({&suppressed, 1}));
    for (const auto& job : jobs)
        ids_.push_back(job.id);

    // Jobs 1 to 4 end in four ways, 5 and 6 are left behind by a dead worker, 7 is available.
    const auto session = store->join({.name = "w1", .host = "host", .queues = "default:6"});
    const auto leases = store->claim({session->id(), {{"default", 6}}, {"mail.send"}, 1min});
    const core::AttemptSite site{"w1", "host", clock_.now()};
    const std::vector<Outcome> outcomes{Outcome::done("1"), Outcome::fail("failed", "type"),
                                        Outcome::discard("useless"), Outcome::cancel("no")};
    std::vector<Settlement> settlements;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        settlements.push_back(
            core::decide(leases[i], outcomes[i], StopReason::none, 0.5, site, {}));
        settlements.back().log = "line 1\nline 2\n";
    }
    static_cast<void>(store->settle(settlements));
    session->mark(0, leases[4].ref, RunMark::started);
    static_cast<void>(store->record_effect(leases[4].ref, "effect", "1", EffectWrite::first_stays));
    const Heartbeat beat{leases[4].ref, {}, Progress{1, 2, "half"}, "begun\n"};
    static_cast<void>(store->heartbeat({&beat, 1}));
    fill_schedule(*store);
    fill_workflow(*store);
    for (const char* queue : {"default", "other"})
        store->set_paused(queue, true);
    for (const char* queue : {"default", "other"})
        store->set_paused(queue, false);
}

/// A reader that has dealt with nothing, so that all events stay, and one that has.
void DamagedStore::subscribe(Store& store) {
    Subscription all;
    all.name = "all";
    all.idle_limit = 2h;
    store.put_subscription(all);
    Subscription hook;
    hook.name = "hook";
    hook.filter.kinds = {EventKind::job_completed, EventKind::job_discarded};
    hook.filter.job = new_job(1).id;
    hook.url = "https://example.org/hook";
    hook.secret_name = "default";
    store.put_subscription(hook);
}

void DamagedStore::fill_schedule(Store& store) {
    ScheduleDefinition definition{"s", {.timing = Interval{1min}}, {}, {}, false};
    definition.job.type = "mail.send";
    store.put_schedule(definition, "fuzz");
    store.set_schedule_state("s", ScheduleState::armed, "fuzz");
    FireRequest request;
    request.schedule = "s";
    request.revision = 1;
    request.kind = FireKind::backfill;
    for (std::uint8_t number = 9; number <= 10; ++number) {
        request.ticks.push_back({clock_.now() - std::chrono::minutes{20 - number}, {}});
        NewJob& job = request.ticks.back().job;
        job = definition.job;
        job.id.bytes[0] = number;
    }
    static_cast<void>(store.fire({&request, 1}));
}

/// One job that failed, one that was released by it, one that waits, and one whose end is kept
/// although it is gone.
void DamagedStore::fill_workflow(Store& store) {
    NewWorkflow workflow;
    workflow.id.bytes[0] = 11;
    workflow.name = "flow";
    for (std::uint8_t number = 12; number <= 15; ++number) {
        NewJob job;
        job.id.bytes[0] = number;
        job.type = "mail.send";
        job.queue = "flow";
        workflow.jobs.push_back({fmt::format("n{}", number), job, {}});
        ids_.push_back(job.id);
    }
    workflow.jobs[1].after = {{"n12", OnFailure::go_on}};
    workflow.jobs[2].after = {{"n13", OnFailure::fail}};
    workflow.jobs[2].job.delay = 1min;
    workflow.callbacks.on_complete = workflow.jobs[0].job;
    workflow.callbacks.on_complete->id = {};
    store.insert_workflow(workflow);
    workflow_ = workflow.id;
    const std::vector<JobId> failed{workflow.jobs[0].job.id};
    const std::vector<JobId> removed{workflow.jobs[3].job.id};
    static_cast<void>(store.cancel(failed));
    static_cast<void>(store.remove(removed));
}

void DamagedStore::read_schema() {
    const auto db = open_database(original_);
    const auto rows = prepare(db.get(),
                              "SELECT t.name, c.name, c.type FROM sqlite_schema t, "
                              "pragma_table_info(t.name) c WHERE t.type = 'table' AND "
                              "t.name LIKE 'errand_%' ORDER BY 1, 2");
    while (sqlite3_step(rows.get()) == SQLITE_ROW) {
        const auto table = text_in(rows.get(), 0), column = text_in(rows.get(), 1);
        columns_.push_back({table + "." + column,
                            fmt::format("UPDATE OR IGNORE {} SET {} = ?1", table, column),
                            text_in(rows.get(), 2)});
    }
    const auto file = prepare(db.get(), "SELECT file FROM errand_worker");
    check(sqlite3_step(file.get()) == SQLITE_ROW, "there is a worker");
    worker_file_ = copy_ + "-run/" + text_in(file.get(), 0);
}

void DamagedStore::damage_row(sqlite3* db, std::string_view line) const {
    const auto equals = line.find('=');
    const auto name = line.substr(0, equals);
    const auto value = equals == line.npos ? std::string_view{} : line.substr(equals + 1);
    for (const auto& column : columns_) {
        if (column.name != name) continue;
        const auto statement = prepare(db, column.update);
        if (value.empty()) {
            sqlite3_bind_null(statement.get(), 1);
        } else if (column.type == "INTEGER") {
            std::int64_t number = 0;
            std::from_chars(value.data(), value.data() + value.size(), number);
            sqlite3_bind_int64(statement.get(), 1, number);
        } else if (column.type == "BLOB") {
            sqlite3_bind_blob64(statement.get(), 1, value.data(), value.size(), SQLITE_STATIC);
        } else {
            sqlite3_bind_text64(statement.get(), 1, value.data(), value.size(), SQLITE_STATIC,
                                SQLITE_UTF8);
        }
        sqlite3_step(statement.get());
    }
}

std::shared_ptr<Store> DamagedStore::open_copy(std::string_view damage) {
    constexpr std::string_view worker_file = "worker_file=";
    fs::copy_file(original_, copy_, fs::copy_options::overwrite_existing);
    fs::remove(copy_ + "-wal");
    fs::remove(copy_ + "-shm");
    fs::remove_all(copy_ + "-run");
    fs::copy(original_ + "-run", copy_ + "-run");
    {
        const auto db = open_database(copy_);
        sqlite3_exec(db.get(), "BEGIN", nullptr, nullptr, nullptr);
        for_each_line(damage, [&](std::string_view line) { damage_row(db.get(), line); });
        sqlite3_exec(db.get(), "COMMIT", nullptr, nullptr, nullptr);
    }
    for_each_line(damage, [&](std::string_view line) {
        if (!line.starts_with(worker_file)) return;
        std::ofstream{worker_file_, std::ios::binary} << line.substr(worker_file.size());
    });
    test::ManualClock start;
    clock_.advance(start.now() + 1h - clock_.now());
    return open_store("sqlite:" + copy_ + "?durability=process", {.limits = {}, .clock = &clock_});
}

}  // namespace errand::fuzz
