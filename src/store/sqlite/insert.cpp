#include "store/sqlite/insert.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/sql.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace errand::sqlite {

namespace {

constexpr auto add_job = sql_named(sql::insert_sql, "add_job");
constexpr auto add_plain_job = sql_named(sql::insert_sql, "add_plain_job");
constexpr auto add_ready = sql_named(sql::insert_sql, "add_ready");
constexpr auto add_scheduled = sql_named(sql::insert_sql, "add_scheduled");
constexpr auto has_job_id = sql_named(sql::insert_sql, "has_job_id");
constexpr auto unique_holder = sql_named(sql::insert_sql, "unique_holder");
constexpr auto hold_unique = sql_named(sql::insert_sql, "hold_unique");

Timestamp due_time(const NewJob& job, Timestamp now) {
    return job.run_at ? std::max(*job.run_at, now) : now + job.delay;
}

std::string tags_json(const std::vector<std::string>& tags) {
    boost::json::array array;
    for (const auto& tag : tags)
        array.emplace_back(tag);
    return boost::json::serialize(array);
}

bool is_plain(const NewJob& job) {
    return job.unique_key.empty() && job.meta.empty() && job.tags.empty() && !job.retry &&
           !job.timeout;
}

class Inserter {
public:
    Inserter(Connection& writer, Timestamp now, const LaneOf& lane_of)
        : writer_(writer),
          now_(now),
          lane_of_(lane_of),
          add_plain_(writer.statement(add_plain_job)),
          add_ready_(writer.statement(add_ready)) {}

    InsertResult insert(const NewJob& job, std::int64_t n) {
        using Kind = InsertResult::Kind;
        if (!job.unique_key.empty()) {
            if (writer_.statement(has_job_id).query(job.id).next()) {
                return {Kind::already_there, job.id};
            }
            auto holder = writer_.statement(unique_holder).query(job.unique_key);
            if (holder.next()) return {Kind::duplicate, holder.job_id(0)};
        }
        const auto lane = lane_for(job);
        const auto due_at = due_time(job, now_);
        if (!add_row(job, n, lane, due_at)) return {Kind::already_there, job.id};
        const auto flags = job.unique_key.empty() ? 0 : flag_unique;
        if (flags != 0) writer_.statement(hold_unique).run(job.unique_key, n);
        if (due_at > now_) {
            writer_.statement(add_scheduled).run(n, due_at, flags);
            any_scheduled = true;
        } else {
            add_ready_.run(lane, job.priority, due_at, n, flags);
            any_available = true;
        }
        return {Kind::inserted, job.id};
    }

    bool any_available = false;
    bool any_scheduled = false;

private:
    /// False: the id is there already.
    bool add_row(const NewJob& job, std::int64_t n, std::int64_t lane, Timestamp due_at) {
        if (is_plain(job)) {
            return add_plain_.run(n, job.id, lane, job.priority, now_, due_at, job.max_attempts,
                                  job.args) != 0;
        }
        const auto retry = job.retry ? to_string(*job.retry) : std::string{};
        const auto tags = job.tags.empty() ? std::string{} : tags_json(job.tags);
        return writer_.statement(add_job).run(
                   n, job.id, lane, job.priority, now_, due_at, job.max_attempts, job.timeout,
                   null_if_empty(retry), null_if_empty(job.unique_key), null_if_empty(job.meta),
                   null_if_empty(tags), job.args) != 0;
    }

    /// Neighbours in a batch mostly share their lane.
    std::int64_t lane_for(const NewJob& job) {
        if (lane_ == 0 || queue_ != job.queue || type_ != job.type) {
            lane_ = lane_of_(job.queue, job.type);
            queue_ = job.queue;
            type_ = job.type;
        }
        return lane_;
    }

    Connection& writer_;
    Timestamp now_;
    const LaneOf& lane_of_;
    Statement& add_plain_;
    Statement& add_ready_;
    std::int64_t lane_ = 0;
    std::string_view queue_;
    std::string_view type_;
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
    inserted.any_available = inserter.any_available;
    inserted.any_scheduled = inserter.any_scheduled;
    return inserted;
}

}  // namespace errand::sqlite
