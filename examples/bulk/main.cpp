// Many rows are written into an application's own SQLite table in chunks, a transaction each; when
// all are in, one job adds them up. A chunk that dies half-way is written again as a whole.
//   errand-bulk [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <sqlite3.h>

#include <atomic>
#include <iostream>
#include <mutex>
#include <numeric>

namespace {

using namespace std::chrono_literals;

constexpr int row_count = 20'000;
constexpr std::size_t chunk_rows = 500;
constexpr int unlucky_row = 7'777;  // the process "dies" once while it writes this one

struct WriteRows {
    static constexpr std::string_view job_type = "rows.write";
    static constexpr auto retry = errand::RetryPolicy::fixed(10ms);
    std::vector<int> rows;
};
BOOST_DESCRIBE_STRUCT(WriteRows, (), (rows))

struct AddUp {
    static constexpr std::string_view job_type = "rows.add_up";
    std::string table;
};
BOOST_DESCRIBE_STRUCT(AddUp, (), (table))

/// The application's table. Thread-safe.
class Readings {
public:
    Readings() {
        sqlite3* db = nullptr;
        const int opened = sqlite3_open(":memory:", &db);
        db_.reset(db);
        if (opened != SQLITE_OK) throw std::runtime_error{"no memory for the table"};
        execute("create table reading (id integer primary key, value integer) strict");
    }
    /// All rows or none; `before_row` may throw.
    void write(const std::vector<int>& rows, const std::function<void(int)>& before_row) {
        const std::lock_guard lock{mutex_};
        execute("begin");
        try {
            for (const int row : rows) {
                before_row(row);
                execute("insert into reading values (" + std::to_string(row) + ", " +
                        std::to_string(2 * row) + ")");
            }
            execute("commit");
        } catch (...) {
            execute("rollback");
            throw;
        }
    }
    [[nodiscard]] std::int64_t sum() {
        const std::lock_guard lock{mutex_};
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(db_.get(), "select sum(value) from reading", -1, &statement, nullptr);
        sqlite3_step(statement);
        const auto sum = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        return sum;
    }

private:
    struct Close {
        void operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
    };
    void execute(const std::string& sql) {
        if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            throw std::runtime_error{sqlite3_errmsg(db_.get())};
        }
    }

    std::mutex mutex_;
    std::unique_ptr<sqlite3, Close> db_;
};

bool run(const std::shared_ptr<errand::Store>& store) {
    Readings readings;
    std::atomic<bool> is_unlucky = true;
    errand::Worker worker{store, {.queues = {{"default", 4}}}};
    worker.handle<WriteRows>([&](const WriteRows& chunk, errand::Context& job) {
        std::size_t written = 0;
        readings.write(chunk.rows, [&](int row) {
            if (row == unlucky_row && is_unlucky.exchange(false)) {
                throw std::runtime_error{"the connection was lost"};
            }
            job.progress(++written, chunk.rows.size());
        });
        return chunk.rows.size();
    });
    worker.handle<AddUp>([&](const AddUp&, errand::Context& job) {
        std::size_t rows = 0;
        for (const auto& part : job.parent_results())
            rows += errand::Codec<std::size_t>::decode(part.result);
        std::cout << rows << " rows in " << job.parent_results().size() << " chunks\n";
        return readings.sum();
    });

    std::vector<int> rows(row_count);
    std::iota(rows.begin(), rows.end(), 1);
    errand::WorkflowBuilder flow{"readings"};
    const auto chunks = flow.chunks("write", rows, chunk_rows, [](std::span<const int> part) {
        return WriteRows{{part.begin(), part.end()}};
    });
    flow.add("add-up", AddUp{"reading"}).after(chunks);
    errand::Client client{store};
    const auto id = client.submit(flow.build());
    worker.start();
    const auto end = client.wait_workflow(id, 1min);
    if (!end || end->state != errand::WorkflowState::completed) return false;
    const auto sum = client.wait_for<std::int64_t>(client.workflow_jobs(id).back().id, 1s);
    worker.stop();
    std::cout << "sum " << sum << "\n";
    return !is_unlucky && sum == static_cast<std::int64_t>(row_count) * (row_count + 1);
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "bulk: " << error.what() << '\n';
        return 1;
    }
}
