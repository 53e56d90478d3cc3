#include "cli/filter.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <array>

namespace errand::cli {
namespace {

constexpr std::array<std::string_view, 4> keys{"state", "type", "queue", "tag"};

[[noreturn]] void refuse(const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, "filter: " + reason);
}

void set_once(std::string& field, std::string_view key, std::string_view value) {
    if (!field.empty()) refuse(fmt::format("`{}` is given twice; keep one", key));
    field = value;
}

void add_condition(JobFilter& filter, std::string_view part) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals + 1 == part.size()) {
        refuse(fmt::format("{} is not KEY=VALUE, for example state=discarded",
                           base::quote_for_message(part)));
    }
    const std::string_view key = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    if (key == "state") {
        filter.states.push_back(parse_state(value));
    } else if (key == "type") {
        set_once(filter.type, key, value);
    } else if (key == "queue") {
        set_once(filter.queue, key, value);
    } else if (key == "tag") {
        set_once(filter.tag, key, value);
    } else {
        const std::string_view near = base::nearest(key, keys);
        refuse(fmt::format("unknown key {}; {}", base::quote_for_message(key),
                           near.empty() ? fmt::format("known are {}", fmt::join(keys, ", "))
                                        : fmt::format("did you mean `{}`?", near)));
    }
}

}  // namespace

JobFilter parse_filter(std::string_view text) {
    if (text.empty()) refuse("is empty; give at least one condition, for example state=discarded");
    JobFilter filter;
    while (true) {
        const std::size_t comma = text.find(',');
        add_condition(filter, text.substr(0, comma));
        if (comma == std::string_view::npos) return filter;
        text.remove_prefix(comma + 1);
    }
}

JobState parse_state(std::string_view text) {
    if (const auto state = parse_job_state(text)) return *state;
    std::vector<std::string_view> names;
    for (const JobState state : all_job_states)
        names.push_back(to_string(state));
    const std::string_view near = base::nearest(text, names);
    throw Error(ErrorCode::invalid_argument,
                fmt::format("state: {} is unknown; {}valid are {}", base::quote_for_message(text),
                            near.empty() ? "" : fmt::format("did you mean {}? ", near),
                            fmt::join(names, ", ")));
}

std::string state_choices() {
    std::vector<std::string_view> names;
    for (const JobState state : all_job_states)
        names.push_back(to_string(state));
    return fmt::format("{}", fmt::join(names, "|"));
}

}  // namespace errand::cli
