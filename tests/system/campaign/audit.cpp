#include "system/campaign/roles.hpp"

#include "core/schedule/tick_job.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

namespace errand::campaign {

namespace {

std::int64_t microseconds(Timestamp time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

boost::json::value optional_time(const std::optional<Timestamp>& time) {
    return time ? boost::json::value(microseconds(*time)) : boost::json::value(nullptr);
}

boost::json::array errors_of(const Job& job) {
    boost::json::array errors;
    for (const auto& error : job.errors) {
        errors.push_back({{"kind", to_string(error.kind)},
                          {"attempt", error.attempt},
                          {"at", microseconds(error.at)},
                          {"message", error.message}});
    }
    return errors;
}

boost::json::array logs_of(Store& store, const Job& job) {
    boost::json::array logs;
    for (const auto& log : store.logs(job.id)) {
        logs.push_back(
            {{"lease_seq", log.lease_seq}, {"attempt", log.attempt}, {"text", log.text}});
    }
    return logs;
}

void write_job(Store& store, const History& history, const Job& job) {
    history.write("audit", "ok",
                  {{"job", to_string(job.id)},
                   {"lease_seq", job.lease_seq},
                   {"attempt", job.attempt},
                   {"type", job.type},
                   {"queue", job.queue},
                   {"key", job.unique_key},
                   {"args_h", hash_of(job.args)},
                   {"extra",
                    {{"state", to_string(job.state)},
                     {"max_attempts", job.max_attempts},
                     {"crashes", job.crashes},
                     {"interruptions", job.interruptions},
                     {"created_at", microseconds(job.created_at)},
                     {"finished_at", optional_time(job.finished_at)},
                     {"result", job.result},
                     {"tick", optional_time(core::tick_origin(job.meta).tick)},
                     {"progress", job.progress ? job.progress->message : ""},
                     {"errors", errors_of(job)},
                     {"logs", logs_of(store, job)}}}});
}

void write_schedule(Store& store, const History& history) {
    const auto schedule = store.find_schedule(schedule_name);
    if (!schedule) return;
    const auto interval = std::get<Interval>(schedule->definition.spec.timing).length;
    history.write("audit_schedule", "ok",
                  {{"extra",
                    {{"last_tick", microseconds(schedule->last_tick)},
                     {"interval_us", microseconds(Timestamp{interval})}}}});
    for (const auto& line : store.schedule_history(schedule_name, 0, Schedules::history_kept)) {
        history.write("audit_fire", "ok",
                      {{"extra",
                        {{"job", line.job ? boost::json::value(to_string(*line.job)) : nullptr},
                         {"tick", microseconds(line.tick)},
                         {"last", microseconds(line.last)}}}});
    }
}

bool all_ended(Store& store) {
    const auto states = store.stats().states;
    return std::ranges::all_of(
        states, [](const auto& entry) { return is_end(entry.first) || entry.second == 0; });
}

}  // namespace

void await_end(const std::shared_ptr<Store>& store, const History& history, Duration timeout) {
    if (store->find_schedule(schedule_name)) {
        store->set_schedule_state(schedule_name, ScheduleState::paused, "await");
    }
    const auto until = std::chrono::steady_clock::now() + timeout;
    bool ended = false;
    while (!(ended = all_ended(*store)) && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    history.write("drained", ended ? "ok" : "fail", {});
}

void audit(const std::shared_ptr<Store>& store, const History& history) {
    std::string cursor;
    do {
        const auto page = store->list({}, 1'000, cursor);
        for (const auto& job : page.jobs)
            write_job(*store, history, job);
        cursor = page.next_cursor;
    } while (!cursor.empty());
    write_schedule(*store, history);
    boost::json::object states;
    for (const auto& [state, count] : store->stats().states)
        states[to_string(state)] = count;
    history.write("audit_stats", "ok", {{"extra", {{"states", states}}}});
    for (const auto& finding : store->check()) {
        history.write("audit_check", finding.ok ? "ok" : "fail",
                      {{"extra", {{"what", finding.what}, {"detail", finding.detail}}}});
    }
    for (const auto& worker : store->workers()) {
        history.write(
            "audit_worker", "ok",
            {{"extra",
              {{"name", worker.info.name}, {"leases", worker.leases}, {"alive", worker.alive}}}});
    }
}

}  // namespace errand::campaign
