// Expired sessions are cleaned up every 15 minutes, in a table of the application's own. When a
// clean-up takes longer than that, the next one is left out.
//   errand-sessions [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <sqlite3.h>

#include <condition_variable>
#include <iostream>
#include <mutex>

namespace {

using namespace std::chrono_literals;

/// The application's table. One thread at a time.
class Sessions {
public:
    Sessions() {
        sqlite3* db = nullptr;
        const int opened = sqlite3_open(":memory:", &db);
        db_.reset(db);
        if (opened != SQLITE_OK) throw std::runtime_error{"no memory for the table"};
        execute("create table session (id integer primary key, expires_at integer) strict");
    }
    void add(int id, errand::Timestamp expires_at) {
        execute("insert into session values (" + std::to_string(id) + ", " +
                std::to_string(expires_at.time_since_epoch().count()) + ")");
    }
    /// At most `max`; how many were removed.
    int remove_expired(errand::Timestamp now, int max) {
        execute("delete from session where id in (select id from session where expires_at <= " +
                std::to_string(now.time_since_epoch().count()) + " limit " + std::to_string(max) +
                ")");
        return sqlite3_changes(db_.get());
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

    std::unique_ptr<sqlite3, Close> db_;
};

/// Lets the example see a clean-up that takes its time.
class Pause {
public:
    void arrive_and_wait() {
        std::unique_lock lock{mutex_};
        arrived_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return over_; });
    }
    void wait_for_arrival() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return arrived_; });
    }
    void end() {
        const std::lock_guard lock{mutex_};
        over_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool arrived_ = false, over_ = false;
};

constexpr auto name = "expired-sessions";
constexpr auto job_type = "sessions.expire";
constexpr int expired = 2'500;
constexpr int valid = 100;
constexpr int batch = 1'000;

bool runs(errand::Client& client) {
    try {
        client.run_schedule_now(name);
        return true;
    } catch (const errand::Error& error) {
        std::cout << "left out: " << error.what() << "\n";
        return error.code() != errand::ErrorCode::conflict;
    }
}

bool run(const std::shared_ptr<errand::Store>& store) {
    Sessions sessions;
    const auto now = store->now();
    for (int id = 0; id < expired + valid; ++id)
        sessions.add(id, id < expired ? now - 1h : now + 24h);

    errand::Client client{store};
    errand::NewJob job;
    job.type = job_type;
    client.put_schedule(
        {.name = name,
         .spec = {.timing = errand::Interval{15min}, .overlap = errand::OverlapPolicy::skip},
         .job = job},
        "example");
    client.arm_schedule(name, "example");

    Pause pause;
    errand::Worker worker{store, {.queues = {{"default", 1}}}};
    worker.handle(job_type, [&](errand::Context& context) {
        int removed = 0;
        // In small steps, so that nobody else waits for the table for long.
        for (int more = batch; more == batch && !context.stop_requested(); removed += more) {
            more = sessions.remove_expired(store->now(), batch);
            if (removed == 0) pause.arrive_and_wait();
        }
        return errand::Outcome::done(std::to_string(removed));
    });
    worker.start();

    // Instead of waiting for the quarter of an hour.
    const auto first = client.run_schedule_now(name);
    pause.wait_for_arrival();
    const bool second = runs(client);
    pause.end();
    const auto removed = client.wait_for<int>(first, 1min);
    std::cout << "removed " << removed << " expired sessions\n";
    worker.stop();
    for (const auto& line : client.schedule_history(name)) {
        std::cout << to_string(line.kind) << ": "
                  << (line.skipped ? to_string(*line.skipped) : "made a job") << "\n";
    }
    return !second && removed == expired && sessions.remove_expired(now + 25h, expired) == valid;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "sessions: " << error.what() << '\n';
        return 1;
    }
}
