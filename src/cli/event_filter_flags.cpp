#include "cli/event_filter_flags.hpp"

#include "base/text.hpp"
#include "cli/command.hpp"
#include "core/event_filter.hpp"

#include <fmt/format.h>

namespace errand::cli {

void add_filter_options(CLI::App& command, EventFilterFlags& flags) {
    command.add_option("--job", flags.job, "Of this job only")->type_name("ID");
    repeatable(command.add_option("--kind", flags.kinds,
                                  "Of this kind only, for example job.completed; repeatable"))
        ->type_name("KIND");
    command.add_option("--type", flags.type, "Of jobs of this type only")->type_name("TYPE");
    command.add_option("--queue", flags.queue, "Of jobs of this queue only")->type_name("NAME");
}

EventKind parse_kind(const std::string& text) {
    if (const auto kind = parse_event_kind(text)) return *kind;
    std::vector<std::string_view> names;
    for (const auto kind : core::all_event_kinds)
        names.push_back(to_string(kind));
    const auto near = base::nearest(text, names);
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is no kind of event; valid are {}{}", base::quote_for_message(text),
                            fmt::join(names, ", "),
                            near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

EventFilter event_filter(const EventFilterFlags& flags) {
    EventFilter filter;
    try {
        for (const auto& kind : flags.kinds)
            filter.kinds.push_back(parse_kind(kind));
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("--kind: {}", error.what()));
    }
    if (!flags.job.empty()) filter.job = parse_id(flags.job);
    filter.type = flags.type;
    filter.queue = flags.queue;
    return filter;
}

std::string text_of(const EventFilter& filter) {
    std::vector<std::string> parts;
    std::vector<std::string_view> kinds;
    for (const auto kind : filter.kinds)
        kinds.push_back(to_string(kind));
    if (!kinds.empty()) parts.push_back(fmt::format("{}", fmt::join(kinds, ", ")));
    if (filter.job) parts.push_back("job " + to_string(*filter.job));
    if (!filter.type.empty()) parts.push_back("type " + filter.type);
    if (!filter.queue.empty()) parts.push_back("queue " + filter.queue);
    return parts.empty() ? "everything" : fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace errand::cli
