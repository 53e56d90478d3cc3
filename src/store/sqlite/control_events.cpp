#include "store/sqlite/control_events.hpp"

#include "core/event_data.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/sql.hpp"

#include <optional>

namespace errand::sqlite {

namespace {

/// The attempts that an unfinished job has used; none: it has ended, or there is none.
std::optional<std::uint32_t> attempts_of_unfinished(Connection& writer, const JobId& id) {
    constexpr auto find_life = sql_named(sql::control_sql, "find_life");
    auto rows = writer.statement(find_life).query(id);
    if (!rows.next() || is_end(static_cast<JobState>(rows.int64(9)))) return std::nullopt;
    return static_cast<std::uint32_t>(rows.count(2));
}

/// Of a job that was let run again: available or pending.
JobState state_of_resting(Connection& writer, const JobId& id) {
    constexpr auto find_life = sql_named(sql::control_sql, "find_life");
    auto rows = writer.statement(find_life).query(id);
    const bool pending = rows.next() && JobState(rows.int64(9)) == JobState::pending;
    return pending ? JobState::pending : JobState::available;
}

}  // namespace

ControlResult ControlEvents::cancel(const JobId& id, const Work& work) {
    if (!log_.wanted(EventKind::job_cancelled, id)) return work();
    const auto attempts = attempts_of_unfinished(writer_, id);
    const auto result = work();
    // What was cancelled before is done as well, and an active job is cancelled when it is settled.
    if (result != ControlResult::done || !attempts) return result;
    if (const auto facts = JobFacts::of(writer_, lanes_, id, *attempts))
        log_.note(core::cancelled(facts->event_job()), now_);
    return result;
}

ControlResult ControlEvents::retry(const JobId& id, const Work& work) {
    const auto result = work();
    if (result != ControlResult::done || !log_.wanted(EventKind::job_retried, id)) return result;
    const auto facts = JobFacts::of(writer_, lanes_, id, 0);
    // A job of a workflow may have to wait for those before it.
    if (facts) log_.note(core::retried(facts->event_job(), state_of_resting(writer_, id)), now_);
    return result;
}

ControlResult ControlEvents::remove(const JobId& id, const Work& work) {
    if (!log_.wanted(EventKind::job_cancelled, id)) return work();
    const auto attempts = attempts_of_unfinished(writer_, id);
    const auto facts =
        attempts ? JobFacts::of(writer_, lanes_, id, *attempts) : std::optional<JobFacts>{};
    const auto result = work();
    if (result == ControlResult::done && facts)
        log_.note(core::cancelled(facts->event_job(), true), now_);
    return result;
}

}  // namespace errand::sqlite
