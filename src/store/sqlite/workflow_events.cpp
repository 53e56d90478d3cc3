#include "store/sqlite/workflow_events.hpp"

#include "core/event_data.hpp"
#include "core/workflow/rules.hpp"
#include "store/checks.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/workflow_rows.hpp"

#include <optional>
#include <vector>

namespace errand::sqlite {

namespace {

constexpr auto workflow_numbered = sql_named(sql::workflow_sql, "workflow_numbered");
constexpr auto nodes_in_state = sql_named(sql::workflow_sql, "nodes_in_state");

std::optional<WorkflowView> read_view(Connection& writer, std::int64_t workflow) {
    auto rows = writer.statement(workflow_numbered).query(workflow);
    // One that is being pruned has no id any more, and nobody is told of it.
    if (!rows.next() || rows.is_null(1)) return std::nullopt;
    return read_workflow_view(rows);
}

}  // namespace

void WorkflowEvents::started(std::int64_t workflow) {
    if (!log_.wanted(EventKind::workflow_started)) return;
    if (const auto view = read_view(writer_, workflow))
        log_.note(core::workflow_started(*view), now_);
}

void WorkflowEvents::ended(std::int64_t workflow) {
    if (!log_.wanted(EventKind::workflow_ended)) return;
    if (const auto view = read_view(writer_, workflow))
        log_.note(core::workflow_ended(*view), now_);
}

void WorkflowEvents::enqueued(const NewJob& job, bool pending) {
    if (!log_.wanted(EventKind::job_enqueued, job.id)) return;
    const auto told = core::event_job(job);
    if (pending) return log_.note(core::enqueued_pending(told), now_);
    const auto due = store::due_time(job, now_);
    log_.note(core::enqueued(told, due > now_ ? std::optional{due} : std::nullopt), now_);
}

void WorkflowEvents::cancelled(std::int64_t n) {
    if (!log_.wanted(EventKind::job_cancelled)) return;
    if (const auto facts = JobFacts::of_number(writer_, lanes_, n))
        log_.note(core::cancelled(facts->event_job()), now_);
}

void WorkflowEvents::cancelled_pending_of(std::int64_t workflow) {
    if (!log_.wanted(EventKind::job_cancelled)) return;
    std::vector<std::int64_t> jobs;
    for (auto rows = writer_.statement(nodes_in_state).query(workflow, core::NodeState::pending);
         rows.next();)
        jobs.push_back(rows.int64(0));
    for (const auto n : jobs)
        cancelled(n);
}

void WorkflowEvents::retried(std::int64_t n, JobState to) {
    if (!log_.wanted(EventKind::job_retried)) return;
    if (const auto facts = JobFacts::of_number(writer_, lanes_, n))
        log_.note(core::retried(facts->event_job(), to), now_);
}

}  // namespace errand::sqlite
