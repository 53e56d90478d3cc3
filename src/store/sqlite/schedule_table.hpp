#pragma once

#include "core/schedule/firing.hpp"
#include "store/sqlite/connection.hpp"

#include <errand/store/schedules.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The tables errand_schedule, errand_tick and errand_fire. Of damaged rows is read what can be.

namespace errand::sqlite {

struct ScheduleRow {
    std::int64_t schedule = 0;  ///< its number in the tables
    std::string definition;     ///< its text, that of view.definition when `is_readable`
    bool is_readable = false;
    std::uint64_t rehearsed_revision = 0;
    ScheduleView view;

    [[nodiscard]] core::ScheduleStanding standing() const;
};

/// None: there is no such schedule.
[[nodiscard]] std::optional<ScheduleRow> read_schedule(Connection& connection,
                                                       std::string_view name);
[[nodiscard]] std::vector<ScheduleView> read_schedules(Connection& reader, std::uint64_t version,
                                                       std::uint32_t max);
[[nodiscard]] std::vector<FireRecord> read_history(Connection& reader, std::string_view name,
                                                   std::uint64_t before, std::uint32_t max);
/// Whether all rows agree with each other and can be read. Empty: they do.
[[nodiscard]] std::string schedule_disagreement(Connection& reader);

/// A schedule while ticks are made, within one write transaction. What is fired is written at the
/// end by write(), once for all requests.
class FiringRow {
public:
    /// None: there is no such schedule.
    [[nodiscard]] static std::optional<FiringRow> read(Connection& writer, std::string_view name);

    [[nodiscard]] const core::ScheduleStanding& standing() const noexcept { return standing_; }
    [[nodiscard]] const std::optional<JobId>& last_job() const noexcept { return last_job_; }
    [[nodiscard]] const core::ForgottenTicks& forgotten() const noexcept { return forgotten_; }
    /// Whether the history says that the tick made a job.
    [[nodiscard]] bool made(Connection& writer, Timestamp tick);

    void set_last_tick(Timestamp tick) { standing_.last_tick = tick; }
    void note_job(Connection& writer, FireKind kind, const JobId& job);
    void add_line(Connection& writer, const FireRecord& line);
    /// Writes what changed, and drops old lines.
    void write(Connection& writer);

private:
    void drop_old_lines(Connection& writer);

    std::int64_t schedule_ = 0;
    core::ScheduleStanding standing_;
    std::optional<JobId> last_job_;
    std::int64_t last_seq_ = 0;
    core::ForgottenTicks forgotten_;
    std::optional<std::set<Timestamp>> made_;  ///< read when it is first asked for
};

}  // namespace errand::sqlite
