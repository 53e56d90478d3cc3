#include "engine/rehearsal_watch.hpp"

#include <errand/error.hpp>

#include <vector>

namespace errand::engine {

void RehearsalWatch::remove(std::string_view name) {
    if (const auto found = drafts_.find(name); found != drafts_.end()) drafts_.erase(found);
}

bool RehearsalWatch::look() {
    if (!is_looking_) return false;
    std::vector<std::string> names;
    auto draft = drafts_.lower_bound(next_);
    for (; draft != drafts_.end() && names.size() < looked_at_once; ++draft)
        names.push_back(*draft);
    for (const auto& name : names)
        look_at(name);
    is_looking_ = draft != drafts_.end();
    if (is_looking_) next_ = *draft;
    return is_looking_;
}

void RehearsalWatch::look_at(const std::string& name) {
    const auto view = store_.find_schedule(name);
    if (!view || view->state != ScheduleState::draft) return remove(name);
    if (!view->rehearsal || view->rehearsal_revision != view->revision) return;
    const auto job = store_.find(*view->rehearsal);
    if (!job || job->state != JobState::completed) return;
    try {
        store_.set_schedule_state(name, ScheduleState::rehearsed, by_);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::store_unavailable) throw;
        return;  // it has changed since it was read; there will be another look
    }
    remove(name);
}

}  // namespace errand::engine
