#include "store/sqlite/schedule_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "base/text.hpp"
#include "core/event_data.hpp"
#include "core/schedule/definition.hpp"
#include "store/checks.hpp"

// Declaring schedules and looking at them. What firing does stands in fire.cpp.

namespace errand::sqlite {

namespace {

constexpr auto count_schedules = sql_named(sql::schedule_sql, "count_schedules");
constexpr auto next_version = sql_named(sql::schedule_sql, "next_version");
constexpr auto add_schedule = sql_named(sql::schedule_sql, "add_schedule");
constexpr auto add_tick = sql_named(sql::schedule_sql, "add_tick");
constexpr auto change_schedule = sql_named(sql::schedule_sql, "change_schedule");
constexpr auto set_schedule_state_sql = sql_named(sql::schedule_sql, "set_schedule_state");
constexpr auto set_last_tick = sql_named(sql::schedule_sql, "set_last_tick");
constexpr auto remove_schedule_sql = sql_named(sql::schedule_sql, "remove_schedule");
constexpr auto remove_tick = sql_named(sql::schedule_sql, "remove_tick");
constexpr auto remove_fires = sql_named(sql::schedule_sql, "remove_fires");
constexpr auto has_completed = sql_named(sql::schedule_sql, "has_completed");

std::int64_t first_number(Statement::Rows rows) {
    return rows.next() ? rows.int64(0) : 0;
}

std::int64_t take_version(Connection& writer) {
    return first_number(writer.statement(next_version).query());
}

std::string who_said(std::string_view by) {
    return base::cut_end(base::to_valid_utf8(by), max_paused_by_bytes);
}

void add(Connection& writer, std::string_view name, const std::string& text, const std::string& who,
         Timestamp now) {
    const auto count = first_number(writer.statement(count_schedules).query());
    store::check_room_for_schedule(static_cast<std::size_t>(count));
    const auto schedule =
        first_number(writer.statement(add_schedule)
                         .query(name, ScheduleState::draft, take_version(writer), now, who, text));
    writer.statement(add_tick).run(schedule);
}

bool rehearsal_completed(Connection& writer, const ScheduleView& view) {
    if (!view.rehearsal) return false;
    return writer.statement(has_completed).query(*view.rehearsal).next();
}

}  // namespace

ScheduleChange SqliteStore::put_schedule(const ScheduleDefinition& given, std::string_view by) {
    ScheduleDefinition definition = given;
    core::validate(definition, database_.options().limits);
    const auto text = to_json_text(definition);
    const auto who = who_said(by);
    auto change = ScheduleChange::unchanged;
    control([&] {
        auto& writer = database_.writer();
        const auto row = read_schedule(writer, definition.name);
        change = !row                      ? ScheduleChange::created
                 : row->definition == text ? ScheduleChange::unchanged
                                           : ScheduleChange::changed;
        if (change == ScheduleChange::created) add(writer, definition.name, text, who, now());
        if (change == ScheduleChange::changed) {
            const auto state =
                core::state_after_change(row->view.state, definition.require_rehearsal);
            writer.statement(change_schedule)
                .run(row->schedule, state, take_version(writer), now(), who, text);
        }
        if (change != ScheduleChange::unchanged)
            note_schedule(definition.name,
                          change == ScheduleChange::created ? "created" : "changed", who);
    });
    if (change != ScheduleChange::unchanged) wake(WakeChannel::control);
    return change;
}

void SqliteStore::note_schedule(std::string_view name, std::string_view change,
                                std::string_view by) {
    auto& log = database_.events();
    if (!log.wanted(EventKind::schedule_changed)) return;
    log.note(core::schedule_changed(name, change, by), now());
}

bool SqliteStore::remove_schedule(std::string_view name) {
    bool removed = false;
    control([&] {
        auto& writer = database_.writer();
        const auto schedule = first_number(writer.statement(remove_schedule_sql).query(name));
        removed = schedule != 0;
        if (!removed) return;
        note_schedule(name, "removed", {});
        writer.statement(remove_tick).run(schedule);
        writer.statement(remove_fires).run(schedule);
    });
    if (removed) wake(WakeChannel::control);
    return removed;
}

void SqliteStore::set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) {
    const auto who = who_said(by);
    bool changed = false;
    control([&] {
        auto& writer = database_.writer();
        const auto row = read_schedule(writer, name);
        if (!row || !row->is_readable) store::throw_no_schedule(name);
        auto standing = row->standing();
        const bool completed =
            core::depends_on_rehearsal(standing, to) && rehearsal_completed(writer, row->view);
        changed = core::change_state(standing, to, completed, now());
        if (!changed) return;
        writer.statement(set_schedule_state_sql)
            .run(row->schedule, standing.state, take_version(writer), now(), who,
                 standing.rehearsed_revision);
        writer.statement(set_last_tick).run(row->schedule, standing.last_tick);
        note_schedule(name, to_string(standing.state), who);
    });
    if (changed) wake(WakeChannel::control);
}

std::optional<ScheduleView> SqliteStore::find_schedule(std::string_view name) {
    auto row = read_schedule(*database_.read(), name);
    if (!row || !row->is_readable) return std::nullopt;
    return std::move(row->view);
}

std::vector<ScheduleView> SqliteStore::schedules_after(std::uint64_t version, std::uint32_t max) {
    store::check_schedule_page(max);
    return read_schedules(*database_.read(), version, max);
}

std::vector<FireRecord> SqliteStore::schedule_history(std::string_view name, std::uint64_t before,
                                                      std::uint32_t max) {
    store::check_page_limit(max);
    return read_history(*database_.read(), name, before, max);
}

}  // namespace errand::sqlite
