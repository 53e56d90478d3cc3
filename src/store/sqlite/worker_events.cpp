#include "store/sqlite/worker_events.hpp"

#include "core/event_data.hpp"
#include "store/sqlite/sql.hpp"

namespace errand::sqlite {

void note_worker(Database& database, EventKind kind, std::int64_t worker) {
    constexpr auto worker_named = sql_named(sql::event_sql, "worker_named");
    auto& log = database.events();
    if (!log.wanted(kind)) return;
    WorkerInfo info;
    {
        auto rows = database.writer().statement(worker_named).query(worker);
        if (!rows.next()) return;
        info.name = rows.string(0);
        info.host = rows.string(1);
        info.pid = rows.int64(2);
    }
    log.note(core::worker_event(kind, info), database.now());
}

}  // namespace errand::sqlite
