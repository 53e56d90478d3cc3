#include "store/sqlite/insert.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/holder_change.hpp"
#include "store/sqlite/keys.hpp"
#include "store/sqlite/queue_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/string_list.hpp"
#include "store/sqlite/turns.hpp"
#include "store/sqlite/unique_keys.hpp"

#include "core/labels.hpp"
#include "core/place.hpp"
#include "core/unique.hpp"
#include "store/checks.hpp"

#include <errand/scope.hpp>

#include <optional>
#include <string>

namespace errand::sqlite {

namespace {

constexpr auto add_job = sql_named(sql::insert_sql, "add_job");
constexpr auto add_plain_job = sql_named(sql::insert_sql, "add_plain_job");
constexpr auto add_ready = sql_named(sql::insert_sql, "add_ready");
constexpr auto add_pending = sql_named(sql::insert_sql, "add_pending");
constexpr auto add_scheduled = sql_named(sql::insert_sql, "add_scheduled");
constexpr auto add_blocked = sql_named(sql::insert_sql, "add_blocked");
constexpr auto any_key_rule = sql_named(sql::insert_sql, "any_key_rule");
constexpr auto is_key_rule = sql_named(sql::insert_sql, "is_key_rule");
constexpr auto fair_finish = sql_named(sql::insert_sql, "fair_finish");
constexpr auto set_fair_finish = sql_named(sql::insert_sql, "set_fair_finish");
constexpr auto has_job_id = sql_named(sql::insert_sql, "has_job_id");

bool is_plain(const NewJob& job) {
    return job.unique_key.empty() && job.meta.empty() && job.tags.empty() && !job.retry &&
           !job.timeout && job.key.empty() && job.weight == 1 && !job.expires_at;
}

/// Whether a job belongs to a workflow, and waits for others there.
enum class Within : std::uint8_t { no_workflow, workflow, workflow_pending };

/// Adds jobs one after the other. What neighbours mostly share is looked up once: their queue,
/// their lane, their key.
class Inserter {
public:
    Inserter(Connection& writer, Timestamp now, const LaneOf& lane_of)
        : writer_(writer),
          now_(now),
          lane_of_(lane_of),
          add_plain_(writer.statement(add_plain_job)),
          add_ready_(writer.statement(add_ready)),
          turns_(writer),
          unique_(writer, now),
          fair_(writer) {}

    InsertResult insert(const NewJob& job, std::int64_t n, Within within = Within::no_workflow) {
        using Kind = InsertResult::Kind;
        if (!job.unique_key.empty()) {
            if (writer_.statement(has_job_id).query(job.id).next()) {
                return {Kind::already_there, job.id};
            }
            if (const auto hold = unique_.find(job.unique_key)) return suppress(job, *hold);
        }
        enter_queue(job);
        const auto due_at = store::due_time(job, now_);
        const bool fair = queue_row_.settings.order == QueueOrder::fair;
        // A repeated call must not take a place once more.
        if (fair && writer_.statement(has_job_id).query(job.id).next()) {
            return {Kind::already_there, job.id};
        }
        const auto place = core::place_of(
            queue_row_.settings,
            {job.priority, due_at, n, fair ? fair_.next(queue_row_, job.queue, job.key) : 0});
        const auto lane = lane_for(job);
        const auto key = job.key.empty() ? std::string{} : full_key(job.queue, job.key);
        if (!add_row(job, n, lane, due_at, place, key)) return {Kind::already_there, job.id};
        auto flags =
            job.unique_key.empty() ? 0 : unique_.hold(job.unique_key, job.unique, {n, job.id});
        if (within != Within::no_workflow) flags |= flag_in_workflow;
        if (within == Within::workflow_pending) {
            // With a key it may change its lane, and takes its turn when it becomes available.
            const bool keyed = !key.empty();
            writer_.statement(add_pending)
                .run(n, flags, keyed ? 0 : lane, keyed ? 0 : place.rank,
                     keyed ? 0 : place.position);
        } else if (due_at > now_) {
            writer_.statement(add_scheduled).run(n, due_at, flags);
            any_scheduled = true;
        } else {
            become_available(n, lane, place, key, flags);
        }
        return {Kind::inserted, job.id};
    }

    bool any_available = false;
    bool any_scheduled = false;
    std::uint64_t suppressed = 0;

private:
    InsertResult suppress(const NewJob& job, const UniqueKeys::Hold& hold) {
        ++suppressed;
        unique_.count_suppressed(job.unique_key, hold);
        HolderChange change{writer_, turns_, now_};
        const bool replaced = change.apply(hold.n, job);
        any_available |= change.made_work;
        any_scheduled |= change.made_due_time;
        return {replaced ? InsertResult::Kind::replaced : InsertResult::Kind::duplicate, hold.id};
    }

    void become_available(std::int64_t n, std::int64_t lane, const core::Place& place,
                          const std::string& key, std::int64_t flags) {
        const auto entry = key.empty() ? Turns::Entry{} : turns_.enter(key, n);
        if (entry.blocked) {
            writer_.statement(add_blocked)
                .run(entry.key_number, place.position, n, lane, place.rank, flags);
            return;
        }
        add_ready_.run(lane, place.rank, place.position, n, flags | entry.flags);
        any_available = true;
    }

    /// False: the id is there already.
    bool add_row(const NewJob& job, std::int64_t n, std::int64_t lane, Timestamp due_at,
                 const core::Place& place, const std::string& key) {
        if (is_plain(job)) {
            return add_plain_.run(n, job.id, lane, job.priority, now_, due_at, job.max_attempts,
                                  place.rank, place.position, job.args) != 0;
        }
        const auto retry = job.retry ? to_string(*job.retry) : std::string{};
        const auto tags = job.tags.empty() ? std::string{} : list_text(job.tags);
        const auto weight = job.weight == 1 ? std::nullopt : std::optional{job.weight};
        const auto policy = core::policy_text(job.unique);
        return writer_.statement(add_job).run(
                   n, job.id, lane, job.priority, now_, due_at, job.max_attempts, job.timeout,
                   null_if_empty(retry), place.rank, place.position, null_if_empty(job.unique_key),
                   null_if_empty(policy), null_if_empty(key), weight, job.expires_at,
                   null_if_empty(job.meta), null_if_empty(tags), job.args) != 0;
    }

    void enter_queue(const NewJob& job) {
        if (lane_ != 0 && queue_ == job.queue) return;
        queue_row_ = read_queue(writer_, job.queue);
        queue_ = job.queue;
        lane_ = 0;
    }

    std::int64_t lane_for(const NewJob& job) {
        const auto key = ruled_key(job);
        if (lane_ == 0 || type_ != job.type || key_ != key || *needs_ != job.needs) {
            lane_ = lane_of_(job.queue, job.type, key, core::labels_text(job.needs));
            type_ = job.type;
            key_ = key;
            needs_ = &job.needs;
        }
        return lane_;
    }

    /// The job's key if a limit or a pause names it.
    std::string_view ruled_key(const NewJob& job) {
        if (job.key.empty()) return {};
        if (!any_key_rule_) {
            auto rows = writer_.statement(any_key_rule).query();
            any_key_rule_ = rows.next() && rows.int64(0) != 0;
        }
        if (!*any_key_rule_) return {};
        const auto scope = to_string(Scope::key(job.key));
        auto rows = writer_.statement(is_key_rule).query(scope);
        return rows.next() && rows.int64(0) != 0 ? std::string_view{job.key} : std::string_view{};
    }

    /// The places of keys in fair queues.
    class Fair {
    public:
        explicit Fair(Connection& writer) : writer_(writer) {}

        std::int64_t next(const QueueRow& queue, std::string_view queue_name,
                          const std::string& key) {
            const auto full = full_key(queue_name, key);
            std::int64_t previous = 0;
            {
                auto rows = writer_.statement(fair_finish).query(full);
                if (rows.next()) previous = rows.int64(0);
            }
            const auto share = core::FairShare::next(queue.virtual_time, previous,
                                                     core::weight_of(queue.settings, key));
            writer_.statement(set_fair_finish).run(full, share.finish);
            return share.position;
        }

    private:
        Connection& writer_;
    };

    Connection& writer_;
    Timestamp now_;
    const LaneOf& lane_of_;
    Statement& add_plain_;
    Statement& add_ready_;
    Turns turns_;
    UniqueKeys unique_;
    Fair fair_;
    QueueRow queue_row_;
    std::int64_t lane_ = 0;
    std::string_view queue_;
    std::string_view type_;
    std::string_view key_;
    const std::vector<std::string>* needs_ = nullptr;
    std::optional<bool> any_key_rule_;
};

}  // namespace

InsertedJobs insert_jobs(Connection& writer, Numbers& numbers, std::span<const NewJob> jobs,
                         Timestamp now, const LaneOf& lane_of) {
    InsertedJobs inserted;
    inserted.results.reserve(jobs.size());
    Inserter inserter{writer, now, lane_of};
    auto n = numbers.take(static_cast<std::int64_t>(jobs.size()));
    for (const auto& job : jobs)
        inserted.results.push_back(inserter.insert(job, n++));
    add_to_suppressed_ever(writer, inserter.suppressed);
    inserted.any_available = inserter.any_available;
    inserted.any_scheduled = inserter.any_scheduled;
    return inserted;
}

InsertedJobs insert_workflow_jobs(Connection& writer, std::int64_t first_number,
                                  std::span<const NewJob* const> jobs,
                                  const std::vector<bool>& begins, Timestamp now,
                                  const LaneOf& lane_of) {
    InsertedJobs inserted;
    Inserter inserter{writer, now, lane_of};
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto within = begins[i] ? Within::workflow : Within::workflow_pending;
        inserted.results.push_back(
            inserter.insert(*jobs[i], first_number + static_cast<std::int64_t>(i), within));
    }
    inserted.any_available = inserter.any_available;
    inserted.any_scheduled = inserter.any_scheduled;
    return inserted;
}

}  // namespace errand::sqlite
