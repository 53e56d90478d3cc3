#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/queue_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"
#include "store/sqlite/unique_keys.hpp"

#include <algorithm>
#include <set>

namespace errand::sqlite {

namespace {

constexpr auto count_ready = sql_named(sql::look_sql, "count_ready");
constexpr auto count_active = sql_named(sql::look_sql, "count_active");
constexpr auto count_waiting = sql_named(sql::look_sql, "count_waiting");
constexpr auto count_done = sql_named(sql::look_sql, "count_done");
constexpr auto count_done_unusual = sql_named(sql::look_sql, "count_done_unusual");
constexpr auto count_ready_by_due = sql_named(sql::look_sql, "count_ready_by_due");
constexpr auto count_queues = sql_named(sql::look_sql, "count_queues");
constexpr auto count_all_blocked = sql_named(sql::look_sql, "count_all_blocked");
constexpr auto count_late = sql_named(sql::look_sql, "count_late");
constexpr auto any_runs = sql_named(sql::workflow_sql, "any_runs");
constexpr auto all_pauses = sql_named(sql::turn_sql, "all_pauses");

/// Counts from the rows themselves: there is no counter that could drift.
class Counting {
public:
    Counting(Connection& reader, const LaneTable& lanes, Timestamp now)
        : reader_(reader), lanes_(lanes), now_(now) {
        for (const auto state : all_job_states)
            stats_.states[state] = 0;
    }

    StoreStats count() {
        // Whether a queue ever had other settings than the default ones.
        const bool any_settings = reader_.query_int64(count_queues) != 0;
        // A job of a workflow keeps the place of its enqueue, and is due when it was released.
        const bool any_workflow = reader_.query_int64(any_runs) != 0;
        add_available(any_settings || any_workflow ? count_ready_by_due : count_ready);
        add_available(count_all_blocked);
        if (any_settings) add_late();
        add_active();
        add_waiting();
        add_done();
        for (auto rows = reader_.statement(all_pauses).query(); rows.next();) {
            const auto scope = rows.text(0);
            constexpr std::string_view prefix = "queue:";
            if (!scope.starts_with(prefix)) continue;
            stats_.queues[std::string{scope.substr(prefix.size())}].paused = true;
        }
        stats_.suppressed = suppressed_ever(reader_);
        return std::move(stats_);
    }

private:
    QueueStats& queue_of(std::int64_t lane) {
        return stats_.queues[lanes_.at(lane, reader_).queue];
    }

    void add_available(std::string_view counting) {
        for (auto rows = reader_.statement(counting).query(); rows.next();) {
            const auto count = static_cast<std::uint64_t>(rows.int64(1));
            auto& queue = queue_of(rows.int64(0));
            queue.available += count;
            stats_.states[JobState::available] += count;
            available_lanes_.insert(rows.int64(0));
            const auto age = std::max(now_ - rows.time(2), Duration::zero());
            queue.oldest_available = std::max(queue.oldest_available.value_or(age), age);
        }
    }

    void add_late() {
        const auto settings = read_all_queues(reader_);
        for (const auto number : available_lanes_) {
            const auto queue = lanes_.at(number, reader_).queue;
            const auto found = settings.find(queue);
            if (found == settings.end() || found->second.max_age == Duration::zero()) continue;
            auto rows = reader_.statement(count_late).query(number, now_ - found->second.max_age);
            if (rows.next()) stats_.queues[queue].late += static_cast<std::uint64_t>(rows.int64(0));
        }
    }

    void add_active() {
        for (auto rows = reader_.statement(count_active).query(); rows.next();) {
            const auto count = static_cast<std::uint64_t>(rows.int64(1));
            queue_of(rows.int64(0)).active += count;
            stats_.states[JobState::active] += count;
        }
    }

    void add_waiting() {
        for (auto rows = reader_.statement(count_waiting).query(); rows.next();) {
            const auto state = static_cast<JobState>(rows.int64(0));
            const auto count = static_cast<std::uint64_t>(rows.int64(2));
            auto& queue = queue_of(rows.int64(1));
            auto& waiting = state == JobState::pending     ? queue.pending
                            : state == JobState::scheduled ? queue.scheduled
                                                           : queue.retryable;
            waiting += count;
            stats_.states[state] += count;
        }
    }

    void add_done() {
        auto total = static_cast<std::uint64_t>(reader_.query_int64(count_done));
        for (auto rows = reader_.statement(count_done_unusual).query(); rows.next();) {
            const auto count = static_cast<std::uint64_t>(rows.int64(1));
            stats_.states[static_cast<JobState>(rows.int64(0))] = count;
            total -= count;
        }
        stats_.states[JobState::completed] = total;
    }

    Connection& reader_;
    const LaneTable& lanes_;
    Timestamp now_;
    StoreStats stats_;
    std::set<std::int64_t> available_lanes_;
};

}  // namespace

StoreStats SqliteStore::stats() {
    auto reader = database_.read();
    // One read transaction: the counts belong to one moment.
    reader->execute("BEGIN");
    try {
        lanes_.refresh(*reader);
        auto stats = Counting{*reader, lanes_, now()}.count();
        reader->execute("COMMIT");
        return stats;
    } catch (...) {
        reader->execute("ROLLBACK");
        throw;
    }
}

}  // namespace errand::sqlite
