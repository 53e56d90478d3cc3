#include <errand/client.hpp>

#include "base/text.hpp"
#include "base/zone_database.hpp"
#include "client/schedule_fires.hpp"
#include "core/schedule/definition.hpp"

#include <map>
#include <string>
#include <utility>

namespace errand {
namespace {

constexpr std::uint32_t page = 10'000;

}  // namespace

ScheduleChange Client::put_schedule(ScheduleDefinition definition, std::string_view by) {
    core::validate(definition, limits_);
    static_cast<void>(base::system_zones().find(definition.spec.timezone));
    return store_->put_schedule(definition, by);
}

bool Client::remove_schedule(std::string_view name) {
    return store_->remove_schedule(name);
}

void Client::arm_schedule(std::string_view name, std::string_view by) {
    store_->set_schedule_state(name, ScheduleState::armed, by);
}

void Client::pause_schedule(std::string_view name, std::string_view by) {
    store_->set_schedule_state(name, ScheduleState::paused, by);
}

std::optional<ScheduleView> Client::find_schedule(std::string_view name) const {
    return store_->find_schedule(name);
}

std::vector<ScheduleView> Client::schedules() const {
    std::map<std::string, ScheduleView> by_name;  // one that changes meanwhile is read again
    std::uint64_t version = 0;
    for (;;) {
        auto views = store_->schedules_after(version, page);
        if (views.empty()) break;
        version = views.back().version;
        for (ScheduleView& view : views) {
            std::string name = view.definition.name;
            by_name.insert_or_assign(std::move(name), std::move(view));
        }
    }
    std::vector<ScheduleView> views;
    views.reserve(by_name.size());
    for (auto& [name, view] : by_name)
        views.push_back(std::move(view));
    return views;
}

std::vector<FireRecord> Client::schedule_history(std::string_view name, std::uint32_t max,
                                                 std::uint64_t before) const {
    return store_->schedule_history(name, before, max);
}

JobId Client::rehearse_schedule(std::string_view name) {
    return client::rehearse_schedule(*store_, name);
}

JobId Client::run_schedule_now(std::string_view name) {
    if (const auto job = client::run_schedule(*store_, name)) return *job;
    throw Error(ErrorCode::conflict, "schedule " + base::quote_for_message(name) +
                                         " has an unfinished job, and its overlap policy is skip; "
                                         "wait for that job or cancel it");
}

std::uint64_t Client::backfill_schedule(std::string_view name, Timestamp from, Timestamp to) {
    return client::backfill_schedule(*store_, name, from, to).size();
}

}  // namespace errand
