#include "cli/schedule_view.hpp"

#include "base/text.hpp"
#include "cli/tick_table.hpp"
#include "core/schedule/dates.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <iterator>

namespace errand::cli {
namespace {

Colour colour_of(ScheduleState state) noexcept {
    switch (state) {
        case ScheduleState::armed:
            return Colour::green;
        case ScheduleState::paused:
            return Colour::yellow;
        case ScheduleState::draft:
        case ScheduleState::rehearsed:
            break;
    }
    return Colour::blue;
}

/// Collects "field  value" lines.
class Lines {
public:
    void add(std::string_view name, std::string_view value) {
        if (!value.empty()) add_painted(name, one_line(value));
    }
    void add(std::string_view name, const std::optional<Timestamp>& time) {
        if (time) add(name, utc_text(*time));
    }
    /// `text` must be safe to show.
    void add_painted(std::string_view name, std::string_view text) {
        fmt::format_to(std::back_inserter(text_), "{:<13} {}\n", name, text);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void add_spec(Lines& lines, const ScheduleSpec& spec) {
    const ScheduleSpec usual{.timing = OneTime{}};
    lines.add("when", timing_text(spec));
    if (spec.dst != usual.dst) lines.add("dst", to_string(spec.dst));
    lines.add("start", spec.start);
    lines.add("end", spec.end);
    if (!spec.exclusions.empty()) {
        const auto more = spec.exclusions.size() - 1;
        lines.add("excluded", core::to_string(spec.exclusions.front()) +
                                  (more > 0 ? fmt::format(" and {} more", more) : ""));
    }
    if (spec.jitter != usual.jitter) lines.add("jitter", format_duration(spec.jitter));
    lines.add("misfire", fmt::format("{} when later than {}, up to {}", to_string(spec.misfire),
                                     format_duration(spec.misfire_after),
                                     format_duration(spec.catchup_window)));
    lines.add("overlap", to_string(spec.overlap));
}

void add_job(Lines& lines, const ScheduleDefinition& definition) {
    const auto& job = definition.job;
    const NewJob usual;
    lines.add("type", job.type);
    lines.add("args", job.args);
    lines.add("queue", job.queue);
    if (job.priority != usual.priority) lines.add("priority", std::to_string(job.priority));
    if (job.max_attempts != usual.max_attempts) {
        lines.add("max attempts", std::to_string(job.max_attempts));
    }
    if (job.retry) lines.add("retry", to_string(*job.retry));
    if (job.timeout) lines.add("timeout", format_duration(*job.timeout));
    lines.add("key", job.key);
    lines.add("tags", fmt::format("{}", fmt::join(job.tags, ", ")));
    lines.add("meta", job.meta);
    if (definition.expires_in) lines.add("expires in", format_duration(*definition.expires_in));
}

std::string rehearsal_text(const ScheduleView& view) {
    if (view.rehearsal) {
        return fmt::format(
            "job {}{}", to_string(*view.rehearsal),
            view.rehearsal_revision == view.revision ? "" : ", of an earlier definition");
    }
    return view.definition.require_rehearsal ? "required before it can be armed" : "";
}

std::string skipped_text(const FireRecord& record) {
    const auto reason = record.skipped ? to_string(*record.skipped) : "";
    if (record.count == 1) return fmt::format("skipped: {}", reason);
    return fmt::format("skipped {}{} ticks up to {}: {}", record.is_counted ? "" : "more than ",
                       grouped(record.count), utc_text(record.last), reason);
}

std::string outcome_text(const FireRecord& record, Store& store) {
    if (!record.job) return skipped_text(record);
    const auto job = store.find(*record.job);
    return fmt::format("job {} {}", to_string(*record.job),
                       job ? to_string(job->state) : "is not kept any more");
}

}  // namespace

ScheduleView required_schedule(Store& store, const std::string& name) {
    if (auto view = store.find_schedule(name)) return std::move(*view);
    throw Error(ErrorCode::not_found,
                fmt::format("no schedule has the name {}; `errand schedule list` shows those there "
                            "are, `errand schedule add` makes one",
                            base::quote_for_message(name)));
}

std::string timing_text(const ScheduleSpec& spec) {
    if (const auto* interval = std::get_if<Interval>(&spec.timing)) {
        return "every " + format_duration(interval->length);
    }
    if (const auto* once = std::get_if<OneTime>(&spec.timing)) return "at " + utc_text(once->at);
    return to_string(std::get<CronExpression>(spec.timing)) + " " + spec.timezone;
}

std::optional<Timestamp> next_fire(const ScheduleView& view, Timestamp now) {
    if (view.state != ScheduleState::armed) return {};
    try {
        for (const auto& tick : upcoming(view.definition.spec, now, 1, view.definition.name)) {
            if (tick.fires()) return tick.fire_at;
        }
    } catch (const Error&) {
        // A zone that this machine does not know: others may, so the list is shown all the same.
    }
    return {};
}

Table schedule_table(const std::vector<ScheduleView>& views, Timestamp now) {
    Table table{{{"NAME"}, {"STATE"}, {"NEXT", true}, {"TYPE"}, {"WHEN"}}};
    for (const auto& view : views) {
        const auto next = next_fire(view, now);
        table.add_row({view.definition.name,
                       {std::string{to_string(view.state)}, colour_of(view.state)},
                       next ? distance_text(*next - now) : "-",
                       one_line(view.definition.job.type),
                       timing_text(view.definition.spec)});
    }
    return table;
}

std::string schedule_details(const ScheduleView& view, Timestamp now, bool colour) {
    Lines lines;
    lines.add("name", view.definition.name);
    lines.add_painted("state", painted(to_string(view.state), colour_of(view.state), colour));
    lines.add("changed", fmt::format("{}{}", distance_text(view.changed_at - now),
                                     view.changed_by.empty() ? "" : " by " + view.changed_by));
    add_spec(lines, view.definition.spec);
    add_job(lines, view.definition);
    lines.add("rehearsal", rehearsal_text(view));
    return lines.take();
}

Table history_table(const std::vector<FireRecord>& records, Store& store, Timestamp now) {
    Table table{{{"RECORDED"}, {"KIND"}, {"TICK"}, {"OUTCOME"}}};
    for (const auto& record : records) {
        const bool has_tick = record.kind == FireKind::tick || record.kind == FireKind::backfill;
        table.add_row({distance_text(record.at - now),
                       std::string{to_string(record.kind)},
                       has_tick ? utc_text(record.tick) : "-",
                       {outcome_text(record, store), record.job ? Colour::none : Colour::yellow}});
    }
    return table;
}

}  // namespace errand::cli
