#include "store/sqlite/cancel.hpp"
#include "store/sqlite/control_events.hpp"
#include "store/sqlite/insert.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/schedule_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

#include <functional>
#include <map>
#include <string_view>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto has_job_id = sql_named(sql::insert_sql, "has_job_id");
constexpr auto is_unfinished = sql_named(sql::schedule_sql, "is_unfinished");

/// Carries out the requests of one call within its write transaction.
class Firing {
public:
    Firing(Database& database, const LaneTable& lanes, Timestamp now, const LaneOf& lane_of)
        : writer_(database.writer()),
          numbers_(database.numbers()),
          events_(database.events()),
          lanes_(lanes),
          now_(now),
          lane_of_(lane_of),
          turns_(writer_) {}

    FireResult fire(const FireRequest& request) {
        FiringRow* const row = find(request.schedule);
        if (row == nullptr) return {.kind = FireResult::Kind::gone};
        FireResult result{.kind = core::verdict(row->standing(), request)};
        if (result.kind == FireResult::Kind::recorded) {
            if (request.kind == FireKind::backfill) row->forgotten().check(request);
            result.jobs = make_ticks(*row, request);
            row->set_last_tick(core::last_tick_after(row->standing(), request));
        }
        result.revision = row->standing().revision;
        result.last_tick = row->standing().last_tick;
        return result;
    }

    /// To be called once, after the last request.
    void write() {
        for (auto& [name, row] : rows_) {
            if (row) row->write(writer_);
        }
    }

    bool any_available = false;
    bool any_scheduled = false;
    bool any_cancelled = false;
    NodeEnds ends;
    [[nodiscard]] bool any_admitted() const noexcept { return turns_.admitted; }

private:
    FiringRow* find(std::string_view name) {
        auto found = rows_.find(name);
        if (found == rows_.end()) {
            found = rows_.emplace(name, FiringRow::read(writer_, name)).first;
        }
        return found->second ? &*found->second : nullptr;
    }

    std::vector<JobId> make_ticks(FiringRow& row, const FireRequest& request) {
        std::vector<JobId> made;
        core::FireLines lines{request, now_};
        for (const FireTick& tick : request.ticks) {
            if (writer_.statement(has_job_id).query(tick.job.id).next()) {
                made.push_back(tick.job.id);  // a repeated call: it has its line too
            } else if (request.kind == FireKind::backfill && !is_to_backfill(row, tick.tick)) {
                continue;
            } else if (is_held_back(row, request)) {
                lines.add_overlap(tick.tick);
            } else {
                insert(tick.job);
                if (events_.wanted(EventKind::schedule_fired)) {
                    events_.note(
                        core::fired(request.schedule, request.kind, tick.tick, tick.job.id), now_);
                }
                made.push_back(tick.job.id);
                lines.add_made(tick.tick, tick.job.id);
                row.note_job(writer_, request.kind, tick.job.id);
            }
        }
        for (const FireRecord& line : lines.take())
            row.add_line(writer_, line);
        return made;
    }

    bool is_to_backfill(FiringRow& row, Timestamp tick) {
        return core::is_to_backfill(row.standing(), tick) && !row.made(writer_, tick);
    }

    /// By the overlap policy, if the schedule's last job is unfinished; cancels that as it says.
    bool is_held_back(const FiringRow& row, const FireRequest& request) {
        const bool asks = request.kind != FireKind::rehearsal &&
                          (request.overlap == OverlapPolicy::skip ||
                           request.overlap == OverlapPolicy::cancel_previous);
        if (!asks || !row.last_job()) return false;
        if (!writer_.statement(is_unfinished).query(*row.last_job()).next()) return false;
        if (request.overlap == OverlapPolicy::skip) return true;
        ControlEvents{events_, writer_, lanes_, now_}.cancel(*row.last_job(), [&] {
            return cancel_job(writer_, turns_, ends, *row.last_job(), now_);
        });
        any_cancelled = true;
        return false;
    }

    void insert(const NewJob& job) {
        const auto inserted = insert_jobs(writer_, numbers_, {&job, 1}, now_, lane_of_);
        note_inserted(events_, {&job, 1}, inserted.results, now_);
        any_available |= inserted.any_available;
        any_scheduled |= inserted.any_scheduled;
    }

    Connection& writer_;
    Numbers& numbers_;
    EventLog& events_;
    const LaneTable& lanes_;
    Timestamp now_;
    const LaneOf& lane_of_;
    Turns turns_;
    std::map<std::string_view, std::optional<FiringRow>> rows_;  ///< one for all its requests
};

}  // namespace

std::vector<FireResult> SqliteStore::fire(std::span<const FireRequest> requests) {
    store::check_fire_requests(requests, database_.options().limits, now());
    std::vector<FireResult> results;
    if (requests.empty()) return results;
    base::failpoint("fire.before_begin");
    std::function<void()> tell_others;
    bool new_lane = false;
    // A tick that others see as dealt with must not come undone: nobody would make its job.
    database_.write(
        [&] {
            base::failpoint("fire.after_begin");
            new_lane = false;
            results.clear();
            const LaneOf lane_of = [&](auto... names) { return lane_number(names..., new_lane); };
            Firing firing{database_, lanes_, now(), lane_of};
            for (const FireRequest& request : requests)
                results.push_back(firing.fire(request));
            firing.write();
            const FollowUp follow_up = follow(firing.ends);
            new_lane |= follow_up.new_lane;
            base::failpoint("fire.before_commit");
            tell_others = [this,
                           available =
                               firing.any_available || firing.any_admitted() || follow_up.available,
                           scheduled = firing.any_scheduled || follow_up.scheduled,
                           cancelled = firing.any_cancelled] {
                if (available) wake(WakeChannel::work);
                if (scheduled) wake(WakeChannel::schedule);
                if (!cancelled) return;
                wake(WakeChannel::control);
                wake(WakeChannel::ended);
            };
        },
        Sync::before_visible, [&] { tell_others(); });
    base::failpoint("fire.after_commit");
    if (new_lane) learn_lanes();
    return results;
}

}  // namespace errand::sqlite
