#include "client/schedule_json.hpp"

#include "base/text.hpp"
#include "client/json_writer.hpp"

#include <optional>

namespace errand {
namespace {

using client::null_text;
using client::ObjectWriter;
using client::quoted_or_null;
using client::time_or_null;

std::string id_or_null(const std::optional<JobId>& id) {
    return id ? base::json_string(to_string(*id)) : std::string{null_text};
}

std::string rehearsal_json(const ScheduleView& view) {
    if (!view.rehearsal) return std::string{null_text};
    return ObjectWriter{}
        .text("job", to_string(*view.rehearsal))
        .number("revision", view.rehearsal_revision)
        .finish();
}

}  // namespace

std::string to_json_text(const ScheduleView& view) {
    const bool is_armed = view.state == ScheduleState::armed;
    return ObjectWriter{}
        .text("name", view.definition.name)
        .text("state", to_string(view.state))
        .number("revision", view.revision)
        .raw("definition", to_json_text(view.definition))
        .raw("last_tick", time_or_null(is_armed ? std::optional{view.last_tick} : std::nullopt))
        .raw("last_job", id_or_null(view.last_job))
        .raw("rehearsal", rehearsal_json(view))
        .text("changed_at", format_timestamp(view.changed_at))
        .raw("changed_by", quoted_or_null(view.changed_by))
        .finish();
}

std::string to_json_text(const FireRecord& record) {
    return ObjectWriter{}
        .number("seq", record.seq)
        .text("at", format_timestamp(record.at))
        .text("kind", to_string(record.kind))
        .raw("job", id_or_null(record.job))
        .text("tick", format_timestamp(record.tick))
        .text("last", format_timestamp(record.last))
        .number("count", record.count)
        .boolean("is_counted", record.is_counted)
        .raw("skipped", record.skipped ? base::json_string(to_string(*record.skipped))
                                       : std::string{null_text})
        .finish();
}

}  // namespace errand
