#include "store/sqlite/schedule_table.hpp"

#include "store/sqlite/sql.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto find_schedule = sql_named(sql::schedule_sql, "find_schedule");
constexpr auto schedules_after = sql_named(sql::schedule_sql, "schedules_after");
constexpr auto fires_before = sql_named(sql::schedule_sql, "fires_before");
constexpr auto find_firing = sql_named(sql::schedule_sql, "find_firing");
constexpr auto made_ticks = sql_named(sql::schedule_sql, "made_ticks");
constexpr auto set_rehearsal = sql_named(sql::schedule_sql, "set_rehearsal");
constexpr auto add_fire = sql_named(sql::schedule_sql, "add_fire");
constexpr auto set_tick = sql_named(sql::schedule_sql, "set_tick");
constexpr auto fires_up_to = sql_named(sql::schedule_sql, "fires_up_to");
constexpr auto remove_fires_up_to = sql_named(sql::schedule_sql, "remove_fires_up_to");
constexpr auto stray_schedule_rows = sql_named(sql::schedule_sql, "stray_schedule_rows");
constexpr auto all_definitions = sql_named(sql::schedule_sql, "all_definitions");

// The columns of find_schedule and schedules_after.
constexpr int definition_column = 11;
constexpr int name_column = 12;

std::uint64_t number_in(const Statement::Rows& rows, int column) {
    return static_cast<std::uint64_t>(std::max(rows.int64(column), std::int64_t{0}));
}

std::int64_t within_int64(std::uint64_t value) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return value > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(value);
}

/// A damaged one makes nothing.
ScheduleState state_in(const Statement::Rows& rows, int column) {
    const auto number = rows.int64(column);
    const bool is_one = number >= static_cast<std::int64_t>(ScheduleState::draft) &&
                        number <= static_cast<std::int64_t>(ScheduleState::paused);
    return is_one ? static_cast<ScheduleState>(number) : ScheduleState::draft;
}

std::optional<JobId> job_in(const Statement::Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    return rows.job_id(column);
}

std::optional<core::ForgottenTicks::Span> span_in(const Statement::Rows& rows, int column) {
    if (rows.is_null(column) || rows.is_null(column + 1)) return std::nullopt;
    return core::ForgottenTicks::Span{rows.time(column), rows.time(column + 1)};
}

/// None: it cannot be read, or is another schedule's.
std::optional<ScheduleDefinition> definition_in(const Statement::Rows& rows, int column,
                                                int its_name_column) {
    try {
        auto definition = parse_schedule_definition(rows.text(column));
        if (definition.name == rows.text(its_name_column)) return definition;
    } catch (const Error&) {
        return std::nullopt;
    }
    return std::nullopt;
}

ScheduleRow row_of(const Statement::Rows& rows) {
    auto definition = definition_in(rows, definition_column, name_column);
    const bool is_readable = definition.has_value();
    if (!definition) definition = ScheduleDefinition{{}, {.timing = OneTime{}}, {}, {}, false};
    ScheduleView view{std::move(*definition), state_in(rows, 1), number_in(rows, 2),
                      number_in(rows, 3),     rows.time(4),      rows.time(5),
                      rows.string(6),         job_in(rows, 7),   job_in(rows, 8),
                      number_in(rows, 9)};
    return {rows.int64(0), rows.string(definition_column), is_readable, number_in(rows, 10),
            std::move(view)};
}

FireRecord record_of(const Statement::Rows& rows) {
    FireRecord record;
    record.seq = number_in(rows, 0);
    record.at = rows.time(1);
    record.kind = static_cast<FireKind>(rows.int64(2));
    record.job = job_in(rows, 3);
    record.tick = rows.time(4);
    record.last = rows.time(5);
    record.count = number_in(rows, 6);
    record.is_counted = rows.int64(7) != 0;
    if (!rows.is_null(8)) record.skipped = static_cast<SkipReason>(rows.int64(8));
    return record;
}

template <class Span>
std::optional<Timestamp> first_of(const std::optional<Span>& span) {
    return span ? std::optional{span->first} : std::nullopt;
}
template <class Span>
std::optional<Timestamp> last_of(const std::optional<Span>& span) {
    return span ? std::optional{span->last} : std::nullopt;
}

}  // namespace

core::ScheduleStanding ScheduleRow::standing() const {
    return {view.state,         view.revision,
            view.last_tick,     view.definition.require_rehearsal,
            rehearsed_revision, view.rehearsal_revision};
}

std::optional<ScheduleRow> read_schedule(Connection& connection, std::string_view name) {
    auto rows = connection.statement(find_schedule).query(name);
    if (!rows.next()) return std::nullopt;
    return row_of(rows);
}

std::vector<ScheduleView> read_schedules(Connection& reader, std::uint64_t version,
                                         std::uint32_t max) {
    std::vector<ScheduleView> views;
    auto rows = reader.statement(schedules_after).query(within_int64(version), max);
    while (rows.next()) {
        auto row = row_of(rows);
        if (row.is_readable) views.push_back(std::move(row.view));
    }
    return views;
}

std::vector<FireRecord> read_history(Connection& reader, std::string_view name,
                                     std::uint64_t before, std::uint32_t max) {
    const auto below =
        before == 0 ? std::numeric_limits<std::int64_t>::max() : within_int64(before);
    std::vector<FireRecord> lines;
    for (auto rows = reader.statement(fires_before).query(name, below, max); rows.next();)
        lines.push_back(record_of(rows));
    return lines;
}

std::string schedule_disagreement(Connection& reader) {
    {
        auto rows = reader.statement(stray_schedule_rows).query();
        if (rows.next() && (rows.int64(0) != 0 || rows.int64(1) != 0 || rows.int64(2) != 0)) {
            return fmt::format(
                "{} without ticks, {} ticks without schedule, {} histories that do not fit",
                rows.int64(0), rows.int64(1), rows.int64(2));
        }
    }
    for (auto rows = reader.statement(all_definitions).query(); rows.next();) {
        if (definition_in(rows, 0, 1)) continue;
        return fmt::format("the definition of {} cannot be read",
                           base::quote_for_message(rows.text(1)));
    }
    return {};
}

std::optional<FiringRow> FiringRow::read(Connection& writer, std::string_view name) {
    auto rows = writer.statement(find_firing).query(name);
    if (!rows.next()) return std::nullopt;
    FiringRow row;
    row.schedule_ = rows.int64(0);
    row.standing_.state = state_in(rows, 1);
    row.standing_.revision = number_in(rows, 2);
    row.standing_.last_tick = rows.time(3);
    row.last_job_ = job_in(rows, 4);
    row.last_seq_ = std::clamp(rows.int64(5), std::int64_t{0}, std::int64_t{1} << 61);
    row.forgotten_ = {span_in(rows, 6), span_in(rows, 8)};
    return row;
}

bool FiringRow::made(Connection& writer, Timestamp tick) {
    if (!made_) {
        made_.emplace();
        for (auto rows = writer.statement(made_ticks).query(schedule_); rows.next();)
            made_->insert(rows.time(0));
    }
    return made_->contains(tick);
}

void FiringRow::note_job(Connection& writer, FireKind kind, const JobId& job) {
    if (kind == FireKind::rehearsal) {
        writer.statement(set_rehearsal).run(schedule_, job, standing_.revision);
    } else {
        last_job_ = job;
    }
}

void FiringRow::add_line(Connection& writer, const FireRecord& line) {
    writer.statement(add_fire).run(schedule_, ++last_seq_, line.at, line.kind, line.job, line.tick,
                                   line.last, within_int64(line.count), line.is_counted,
                                   line.skipped);
    if (made_ && core::tells_of_tick(line)) made_->insert(line.tick);
}

void FiringRow::drop_old_lines(Connection& writer) {
    const auto oldest_kept = last_seq_ - Schedules::history_kept;
    if (oldest_kept <= 0) return;
    for (auto rows = writer.statement(fires_up_to).query(schedule_, oldest_kept); rows.next();) {
        FireRecord dropped;
        dropped.kind = static_cast<FireKind>(rows.int64(0));
        dropped.tick = rows.time(1);
        dropped.job = JobId{};
        forgotten_.note(dropped);
    }
    writer.statement(remove_fires_up_to).run(schedule_, oldest_kept);
}

void FiringRow::write(Connection& writer) {
    drop_old_lines(writer);
    writer.statement(set_tick).run(schedule_, standing_.last_tick, last_job_, last_seq_,
                                   first_of(forgotten_.ticks), last_of(forgotten_.ticks),
                                   first_of(forgotten_.backfills), last_of(forgotten_.backfills));
}

}  // namespace errand::sqlite
