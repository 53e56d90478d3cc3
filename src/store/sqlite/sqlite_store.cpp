#include "store/sqlite/sqlite_store.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"
#include "store/sqlite/insert.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/store_impl.hpp"

namespace errand::sqlite {

std::shared_ptr<Store> open_sqlite_store(const SqliteStoreOptions& options) {
    return std::make_shared<SqliteStore>(options);
}

std::string SqliteStore::url() const {
    return "sqlite:" + database_.options().path;
}

std::vector<InsertResult> SqliteStore::insert(std::span<const NewJob> jobs) {
    store::check_new_jobs(jobs, database_.options().limits);
    if (jobs.empty()) return {};
    base::failpoint("insert.before_begin");
    bool new_lane = false;
    InsertedJobs inserted;
    // A handler may begin while the log is being synced: if the power goes now, job and handler
    // vanish together.
    database_.write(
        [&] {
            base::failpoint("insert.after_begin");
            auto& writer = database_.writer();
            new_lane = false;
            const auto time = now();
            inserted = insert_jobs(writer, database_.numbers(), jobs, time,
                                   [&](auto... names) { return lane_number(names..., new_lane); });
            note_inserted(database_.events(), jobs, inserted.results, time);
            base::failpoint("insert.before_commit");
        },
        Sync::before_answer,
        [&] {
            if (inserted.any_available) wake(WakeChannel::work);
            if (inserted.any_scheduled) wake(WakeChannel::schedule);
        });
    base::failpoint("insert.after_commit");
    if (new_lane) learn_lanes();
    return std::move(inserted.results);
}

std::int64_t SqliteStore::lane_number(std::string_view queue, std::string_view type,
                                      std::string_view key, std::string_view needs, bool& is_new) {
    // Lanes added by an uncommitted transaction may vanish again, so only the cache's are trusted.
    if (const auto known = lanes_.find(queue, type, key, needs); known != 0) return known;
    is_new = true;
    return lane_in_transaction(database_.writer(), queue, type, key, needs);
}

/// After a commit, whose caller must not hear of a failure to learn.
void SqliteStore::learn_lanes() noexcept {
    try {
        lanes_.refresh(*database_.read());
    } catch (const std::exception&) {
        return;  // the next claim or insert learns them
    }
}

std::uint32_t SqliteStore::generation(WakeChannel channel) noexcept {
    return database_.wake().generation(channel);
}

std::uint32_t SqliteStore::wait(WakeChannel channel, std::uint32_t seen, Duration timeout) {
    database_.wake().wait(channel, seen, timeout);
    return database_.wake().generation(channel);
}

void SqliteStore::wake(WakeChannel channel) noexcept {
    database_.wake().wake(channel);
}

}  // namespace errand::sqlite
