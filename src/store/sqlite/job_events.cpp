#include "store/sqlite/job_events.hpp"

#include "store/checks.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/sql.hpp"

#include <algorithm>
#include <numeric>

namespace errand::sqlite {

namespace {

constexpr auto active_job_facts = sql_named(sql::event_sql, "active_job_facts");
constexpr auto job_facts = sql_named(sql::event_sql, "job_facts");
constexpr auto job_lane_and_meta = sql_named(sql::event_sql, "job_lane_and_meta");
constexpr auto progress_told_at = sql_named(sql::event_sql, "progress_told_at");
constexpr auto set_progress_told_at = sql_named(sql::event_sql, "set_progress_told_at");
constexpr auto worker_named = sql_named(sql::event_sql, "worker_named");
constexpr auto number_of = sql_named(sql::settle_sql, "number_of");

std::string name_of(Connection& writer, WorkerId worker) {
    auto rows = writer.statement(worker_named).query(worker);
    return rows.next() ? rows.string(0) : std::string{};
}

std::int64_t row_of(Connection& writer, const LeaseRef& lease) {
    if (lease.row != 0) return lease.row;
    auto rows = writer.statement(number_of).query(lease.id);
    return rows.next() ? rows.int64(0) : 0;
}

/// Whatever a cancel request makes of it.
core::EventKinds kinds_of(const Settlement& item) {
    return core::bit_of(core::kind_of_settlement(item.to)) | core::bit_of(EventKind::job_cancelled);
}

void note_started_of(EventLog& log, const Front& front, std::string_view worker, Timestamp now) {
    std::vector<std::size_t> order(front.leases.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return front.turns[i]; });
    for (const auto i : order) {
        const auto& lease = front.leases[i];
        if (!log.wanted(EventKind::job_started, lease.ref.id)) continue;
        log.note(core::started(core::event_job(lease), worker), now);
    }
}

}  // namespace

std::optional<JobFacts> JobFacts::of_active(Connection& connection, const LaneTable& lanes,
                                            std::int64_t n) {
    JobFacts facts;
    std::int64_t lane = 0;
    {
        auto rows = connection.statement(active_job_facts).query(n);
        if (!rows.next()) return std::nullopt;
        facts.id = rows.job_id(0);
        lane = rows.int64(1);
        facts.attempt = static_cast<std::uint32_t>(rows.count(2));
        facts.meta = rows.string(3);
    }
    facts.lane = lanes.at(lane, connection);
    return facts;
}

std::optional<JobFacts> JobFacts::of_number(Connection& connection, const LaneTable& lanes,
                                            std::int64_t n) {
    JobFacts facts;
    std::int64_t lane = 0;
    {
        auto rows = connection.statement(job_facts).query(n);
        if (!rows.next()) return std::nullopt;
        facts.id = rows.job_id(0);
        lane = rows.int64(1);
        facts.meta = rows.string(2);
    }
    facts.lane = lanes.at(lane, connection);
    return facts;
}

std::optional<JobFacts> JobFacts::of(Connection& connection, const LaneTable& lanes,
                                     const JobId& id, std::uint32_t attempt) {
    JobFacts facts{id, {}, {}, attempt};
    std::int64_t lane = 0;
    {
        auto rows = connection.statement(job_lane_and_meta).query(id);
        if (!rows.next()) return std::nullopt;
        lane = rows.int64(0);
        facts.meta = rows.string(1);
    }
    facts.lane = lanes.at(lane, connection);
    return facts;
}

void note_inserted(EventLog& log, std::span<const NewJob> jobs,
                   std::span<const InsertResult> results, Timestamp now) {
    if (!log.wanted(EventKind::job_enqueued)) return;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto& job = jobs[i];
        if (results[i].kind != InsertResult::Kind::inserted) continue;
        if (!log.wanted(EventKind::job_enqueued, job.id)) continue;
        const auto due_at = store::due_time(job, now);
        log.note(core::enqueued(core::event_job(job),
                                due_at > now ? std::optional{due_at} : std::nullopt),
                 now);
    }
}

void note_started(EventLog& log, Connection& writer, std::span<const Front> fronts, WorkerId worker,
                  Timestamp now) {
    if (!log.wanted(EventKind::job_started)) return;
    const auto name = name_of(writer, worker);
    for (const auto& front : fronts) {
        if (front.taken) note_started_of(log, front, name, now);
    }
}

SettlementEvents::SettlementEvents(EventLog& log, Connection& writer, const LaneTable& lanes,
                                   std::span<const Settlement> items)
    : log_(log), items_(items) {
    if (!log_.anybody()) return;
    facts_.resize(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& lease = items[i].lease;
        if (!log_.may_want(kinds_of(items[i]), lease.id)) continue;
        facts_[i] = JobFacts::of_active(writer, lanes, row_of(writer, lease));
    }
}

void SettlementEvents::note(std::span<const SettleResult> results, Timestamp now) {
    for (std::size_t i = 0; i < facts_.size(); ++i) {
        const auto& item = items_[i];
        const bool cancelled = results[i] == SettleResult::recorded_cancel;
        if (!facts_[i] || (results[i] != SettleResult::ok && !cancelled)) continue;
        log_.note(core::settled(facts_[i]->event_job(), item,
                                cancelled ? JobState::cancelled : item.to, now + item.delay),
                  now);
    }
}

void note_progress(EventLog& log, Connection& writer, const LaneTable& lanes, const Heartbeat& item,
                   std::int64_t n, Timestamp now) {
    if (!log.wanted(EventKind::job_progress, item.lease.id)) return;
    {
        auto rows = writer.statement(progress_told_at).query(n);
        if (!rows.next() || now - rows.time(0) < core::progress_event_pause) return;
    }
    const auto facts = JobFacts::of_active(writer, lanes, n);
    if (!facts) return;
    writer.statement(set_progress_told_at).run(n, now);
    log.note(core::progressed(facts->event_job(), *item.progress), now);
}

}  // namespace errand::sqlite
