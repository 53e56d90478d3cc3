#pragma once

#include "core/event_data.hpp"
#include "store/sqlite/event_log.hpp"
#include "store/sqlite/front.hpp"
#include "store/sqlite/lanes.hpp"

#include <errand/store/types.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

// What the calls of the store tell about jobs. All of it does nothing while nobody wants to know.

namespace errand::sqlite {

/// What an event says of a job, read from the file.
struct JobFacts {
    JobId id;
    Lane lane;
    std::string meta;
    std::uint32_t attempt = 0;

    [[nodiscard]] core::EventJob event_job() const {
        return {id, lane.type, lane.queue, meta, attempt};
    }
    /// None: there is no such job, or it is not active.
    [[nodiscard]] static std::optional<JobFacts> of_active(Connection& connection,
                                                           const LaneTable& lanes, std::int64_t n);
    /// Of one that has used no attempt. None: there is no such job.
    [[nodiscard]] static std::optional<JobFacts> of_number(Connection& connection,
                                                           const LaneTable& lanes, std::int64_t n);
    /// None: there is no such job.
    [[nodiscard]] static std::optional<JobFacts> of(Connection& connection, const LaneTable& lanes,
                                                    const JobId& id, std::uint32_t attempt);
};

/// Those that are new.
void note_inserted(EventLog& log, std::span<const NewJob> jobs,
                   std::span<const InsertResult> results, Timestamp now);

/// The jobs of the fronts that were taken, in the order of claiming.
void note_started(EventLog& log, Connection& writer, std::span<const Front> fronts, WorkerId worker,
                  Timestamp now);

/// To be made before the settlements, while the jobs are active.
class SettlementEvents {
public:
    SettlementEvents(EventLog& log, Connection& writer, const LaneTable& lanes,
                     std::span<const Settlement> items);
    void note(std::span<const SettleResult> results, Timestamp now);

private:
    EventLog& log_;
    std::span<const Settlement> items_;
    std::vector<std::optional<JobFacts>> facts_;  ///< empty: nobody wants to know
};

void note_progress(EventLog& log, Connection& writer, const LaneTable& lanes, const Heartbeat& item,
                   std::int64_t n, Timestamp now);

}  // namespace errand::sqlite
