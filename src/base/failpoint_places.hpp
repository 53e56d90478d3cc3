#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace errand::base {

/// A place in the code that a test build can make fail. `may_throw` false: nobody there could catch
/// anything.
struct FailpointPlace {
    std::string_view name;
    bool may_throw = true;
};

/// All of them, so that a test can tell which it has never reached. For a store's call, `begin` and
/// `commit` are those of its transaction: an error at `after_commit` is a reply that got lost.
inline constexpr auto failpoint_places = std::to_array<FailpointPlace>({
    {"insert.before_begin"},
    {"insert.after_begin"},
    {"insert.before_commit"},
    {"insert.after_commit"},
    {"claim.before_begin"},
    {"claim.after_begin"},
    {"claim.before_commit"},
    {"claim.after_commit"},
    {"settle.before_begin"},
    {"settle.after_begin"},
    {"settle.before_commit"},
    {"settle.after_commit"},
    {"heartbeat.before_begin"},
    {"heartbeat.after_begin"},
    {"heartbeat.before_commit"},
    {"heartbeat.after_commit"},
    {"take_over.before_begin"},
    {"take_over.after_begin"},
    {"take_over.before_commit"},
    {"take_over.after_commit"},
    {"bury.after_commit"},
    {"promote.before_begin"},
    {"promote.after_begin"},
    {"promote.before_commit"},
    {"promote.after_commit"},
    {"fire.before_begin"},
    {"fire.after_begin"},
    {"fire.before_commit"},
    {"fire.after_commit"},
    {"effect.before_begin"},
    {"effect.after_begin"},
    {"effect.before_commit"},
    {"effect.after_commit"},
    {"signal.before_begin"},
    {"signal.after_begin"},
    {"signal.before_commit"},
    {"signal.after_commit"},
    {"control.before_begin"},
    {"control.after_begin"},
    {"control.before_commit"},
    {"control.after_commit"},
    {"prune.before_begin"},
    {"prune.after_begin"},
    {"prune.before_commit"},
    {"prune.after_commit"},
    {"join.before_begin"},
    {"join.after_begin"},
    {"join.before_commit"},
    {"join.after_commit"},
    {"retire.before_begin"},
    {"retire.after_begin"},
    {"retire.before_commit"},
    {"retire.after_commit"},
    {"group.before_commit"},
    {"group.committed", false},
    {"group.before_sync", false},
    {"group.synced", false},
    {"claimer.claimed"},
    {"runner.before_mark", false},
    {"runner.marked_started", false},
    {"runner.returned", false},
    {"runner.marked_finished", false},
    {"settler.before_settle"},
    {"settler.settled"},
    {"lease_keeper.before_heartbeat"},
    {"lease_keeper.heard"},
    {"rescuer.took_over"},
    {"rescuer.settled"},
    {"promoter.promoted"},
    {"relay.inserted"},
    {"pruner.pruned"},
    {"scheduler.loaded"},
    {"stop.claiming_ended", false},
    {"stop.hands_empty", false},
    {"stop.retired", false},
});

/// Names one of the places; a name that the list lacks fails to compile.
class FailpointId {
public:
    consteval FailpointId(const char* name) : index_(find(name)) {}
    [[nodiscard]] constexpr std::size_t index() const noexcept { return index_; }

private:
    static consteval std::size_t find(std::string_view name) {
        for (std::size_t i = 0; i < failpoint_places.size(); ++i) {
            if (failpoint_places[i].name == name) return i;
        }
        throw "this name is not in failpoint_places";
    }

    std::size_t index_;
};

}  // namespace errand::base
