#include "store/sqlite/holder_change.hpp"

#include "store/sqlite/flags.hpp"
#include "store/sqlite/queue_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/string_list.hpp"
#include "store/sqlite/waiting.hpp"

#include "core/place.hpp"
#include "core/unique.hpp"
#include "store/checks.hpp"

#include <optional>
#include <string>
#include <utility>

namespace errand::sqlite {

namespace {

constexpr auto unbegun_job = sql_named(sql::unique_sql, "unbegun_job");
constexpr auto replace_args_of = sql_named(sql::unique_sql, "replace_args");
constexpr auto place_anew = sql_named(sql::unique_sql, "place_anew");
constexpr auto move_ready = sql_named(sql::unique_sql, "move_ready");
constexpr auto move_blocked = sql_named(sql::unique_sql, "move_blocked");
constexpr auto move_waiting = sql_named(sql::unique_sql, "move_waiting");
constexpr auto ready_to_waiting = sql_named(sql::unique_sql, "ready_to_waiting");
constexpr auto blocked_to_waiting = sql_named(sql::unique_sql, "blocked_to_waiting");
constexpr auto leave_ready_by_number = sql_named(sql::control_sql, "leave_ready_by_number");
constexpr auto leave_blocked_by_number = sql_named(sql::control_sql, "leave_blocked_by_number");

}  // namespace

/// A job that has not begun.
struct HolderChange::Holder {
    enum class Table : std::int64_t { waiting = 2, ready = 3, blocked = 5 };
    std::int64_t n;
    Table table;
    std::int64_t flags, lane, rank, place;
    std::int32_t priority;
    std::string key, queue, type;

    static std::optional<Holder> read(Connection& connection, std::int64_t n) {
        auto rows = connection.statement(unbegun_job).query(n);
        if (!rows.next()) return std::nullopt;
        return Holder{n,
                      static_cast<Table>(rows.int64(0)),
                      rows.int64(1),
                      rows.int64(2),
                      rows.int64(3),
                      rows.int64(4),
                      static_cast<std::int32_t>(rows.int64(5)),
                      rows.string(6),
                      rows.string(7),
                      rows.string(8)};
    }
};

bool HolderChange::apply(std::int64_t n, const NewJob& by) {
    const auto rule = by.unique.on_conflict;
    const bool args = core::replaces_args(rule);
    const bool time = core::reschedules(rule);
    if (!args && !time) return false;
    const auto holder = Holder::read(writer_, n);
    if (!holder || holder->type != by.type) return false;
    if (args) replace_args(n, by);
    if (time) reschedule(*holder, by);
    return true;
}

void HolderChange::replace_args(std::int64_t n, const NewJob& by) {
    const auto tags = by.tags.empty() ? std::string{} : list_text(by.tags);
    writer_.statement(replace_args_of).run(n, by.args, null_if_empty(by.meta), null_if_empty(tags));
}

void HolderChange::reschedule(const Holder& holder, const NewJob& by) {
    const auto due = store::due_time(by, now_);
    const auto settings = read_queue(writer_, holder.queue).settings;
    // In a fair queue its key took a share for the place that it has.
    core::Place place{static_cast<std::int32_t>(holder.rank), holder.place};
    if (settings.order != QueueOrder::fair) {
        place = core::place_of(settings, {holder.priority, due, holder.n});
    }
    const bool waits = due > now_;
    const bool waited = holder.table == Holder::Table::waiting;
    if (waits) {
        put_off(holder, due);
    } else if (!waited) {
        move_within(holder, place.rank, place.position);
    }
    writer_.statement(place_anew).run(holder.n, due, place.rank, place.position, by.expires_at);
    if (waited && !waits) made_work |= end_waiting(writer_, turns_, holder.n, holder.key, false);
}

/// The job waits for `due`. While the row in errand_job has its old place.
void HolderChange::put_off(const Holder& holder, Timestamp due) {
    made_due_time = true;
    switch (holder.table) {
        case Holder::Table::waiting:
            writer_.statement(move_waiting).run(holder.n, due);
            break;
        case Holder::Table::ready:
            writer_.statement(ready_to_waiting)
                .run(holder.lane, holder.rank, holder.place, holder.n, due);
            writer_.statement(leave_ready_by_number).run(holder.n);
            break;
        case Holder::Table::blocked:
            writer_.statement(blocked_to_waiting).run(holder.n, due);
            writer_.statement(leave_blocked_by_number).run(holder.n);
            break;
    }
    if ((holder.flags & flag_turn) == 0) return;
    const bool before = std::exchange(turns_.admitted, false);
    turns_.leave(holder.flags);
    made_work |= turns_.admitted;
    turns_.admitted |= before;
}

/// An available job stays so and gets another place.
void HolderChange::move_within(const Holder& holder, std::int32_t rank, std::int64_t place) {
    if (holder.table == Holder::Table::ready) {
        writer_.statement(move_ready)
            .run(holder.lane, holder.rank, holder.place, holder.n, rank, place);
        made_work = true;
    } else {
        writer_.statement(move_blocked).run(holder.n, rank, place);
    }
}

}  // namespace errand::sqlite
