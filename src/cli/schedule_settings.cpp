#include "cli/schedule_settings.hpp"

#include "cli/schedule_arming.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

namespace errand::cli {
namespace {

constexpr const char* by = "errand.toml";

ScheduleDefinition definition_of(const ScheduleConfig& config) {
    try {
        auto definition = schedule_of(config.name, config.words);
        check_time_zone(definition);
        return definition;
    } catch (const Error& error) {
        throw Error(error.code(),
                    fmt::format("{}: [schedules.{}] {}", config.place, config.name, error.what()));
    }
}

void arm_declared(const ScheduleConfig& config, Store& store, const LogSink& log) {
    const auto view = store.find_schedule(config.name);
    if (!view || view->state == ScheduleState::armed || view->state == ScheduleState::paused) {
        return;
    }
    try {
        arm_schedule(store, *view, by);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::store_unavailable) throw;
        if (log) log(LogLevel::warning, fmt::format("{}: {}", config.place, error.what()));
    }
}

}  // namespace

void declare_schedules(const std::vector<ScheduleConfig>& schedules, Store& store,
                       const LogSink& log) {
    // All are checked before the first is declared.
    std::vector<ScheduleDefinition> definitions;
    definitions.reserve(schedules.size());
    for (const auto& config : schedules)
        definitions.push_back(definition_of(config));
    for (std::size_t i = 0; i < schedules.size(); ++i) {
        store.put_schedule(definitions[i], by);
        if (schedules[i].armed) arm_declared(schedules[i], store, log);
    }
}

}  // namespace errand::cli
