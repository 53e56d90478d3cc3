#pragma once

#include "store/sqlite/event_log.hpp"
#include "store/sqlite/lanes.hpp"

#include <errand/job.hpp>

#include <cstdint>

namespace errand::sqlite {

/// What is told of workflows, and of their jobs where no attempt has to do with it, within one open
/// write transaction. All of it does nothing while nobody wants to know.
class WorkflowEvents {
public:
    WorkflowEvents(EventLog& log, Connection& writer, const LaneTable& lanes, Timestamp now)
        : log_(log), writer_(writer), lanes_(lanes), now_(now) {}

    /// A run of it begins; its counts are written.
    void started(std::int64_t workflow);
    /// Its end and its counts are written.
    void ended(std::int64_t workflow);
    void enqueued(const NewJob& job, bool pending);
    /// It waited for its parents.
    void cancelled(std::int64_t n);
    /// All of the workflow that wait for their parents still.
    void cancelled_pending_of(std::int64_t workflow);
    void retried(std::int64_t n, JobState to);

private:
    EventLog& log_;
    Connection& writer_;
    const LaneTable& lanes_;
    Timestamp now_;
};

}  // namespace errand::sqlite
