#pragma once

#include "core/schedule/firing.hpp"

#include <errand/store/schedules.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace errand::memory {

/// A schedule with all that is kept of it.
struct ScheduleEntry {
    /// A new draft.
    explicit ScheduleEntry(const ScheduleDefinition& definition)
        : view{definition, ScheduleState::draft, 1, 0, {}, {}, {}, {}, {}, 0} {}

    ScheduleView view;
    std::uint64_t rehearsed_revision = 0;  ///< of which it is noted that a rehearsal succeeded
    std::uint64_t last_seq = 0;            ///< of the history
    std::deque<FireRecord> history;        ///< oldest first
    /// Ticks of the history that made a job: they make none again.
    std::set<Timestamp> made;
    core::ForgottenTicks forgotten;

    [[nodiscard]] core::ScheduleStanding standing() const;
    void set_standing(const core::ScheduleStanding& standing);
    void add(FireRecord record);
    /// Keeps the newest lines of the history alone.
    void trim_history();
};

/// The schedules by name and by version. Not thread-safe.
class ScheduleTable {
public:
    /// Null: there is none.
    [[nodiscard]] ScheduleEntry* find(std::string_view name);
    [[nodiscard]] std::size_t size() const noexcept { return by_name_.size(); }
    /// A new draft, without a version.
    ScheduleEntry& add(const ScheduleDefinition& definition);
    /// Gives the schedule the next version: its definition or state has changed.
    void touch(ScheduleEntry& entry);
    /// False: there was none.
    bool erase(std::string_view name);
    /// Those with a version above `version`, in order of it, at most `max`.
    [[nodiscard]] std::vector<ScheduleView> after(std::uint64_t version, std::size_t max) const;

private:
    std::map<std::string, ScheduleEntry, std::less<>> by_name_;
    std::map<std::uint64_t, const ScheduleEntry*> by_version_;
    std::uint64_t last_version_ = 0;
};

}  // namespace errand::memory
