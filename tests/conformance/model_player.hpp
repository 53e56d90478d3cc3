#pragma once

#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <errand/store/store.hpp>

#include <array>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Random calls played on a store, and on two of them side by side.

namespace errand::test {

enum class CommandKind : std::uint8_t {
    insert,
    insert_again,
    claim,
    settle,
    heartbeat,
    effect,
    mark,
    cancel,
    retry,
    remove,
    set_paused,
    promote,
    advance_clock,
    take_over,
    kill_worker,
    prune,
    list,
    set_queue_settings,
    set_limit,
    pause_scope,
    unblock_key,
    put_schedule,
    set_schedule_state,
    fire,
    remove_schedule,
    signal,
    subscribe,
    unsubscribe,
    read_events,
    insert_workflow,
    extend_workflow,
    cancel_workflow,
    retry_workflow,
};
inline constexpr std::size_t command_kind_count =
    static_cast<std::size_t>(CommandKind::retry_workflow) + 1;
[[nodiscard]] std::string_view to_string(CommandKind kind) noexcept;

/// A call in the abstract: numbers that the interpreter turns into ids, leases and values modulo
/// what there is, so that any sequence, also a shrunk one, means something.
struct Command {
    CommandKind kind = CommandKind::insert;
    std::array<std::uint32_t, 8> numbers{};
};
std::ostream& operator<<(std::ostream& out, const Command& command);

/// One store under the commands: turns each into calls and what came of it into text.
class Player {
public:
    Player(const std::string& url, ManualClock& clock);

    /// `fresh` are ids for new jobs, the same for all players.
    std::string play(const Command& command, std::span<const JobId> fresh);
    /// Jobs, workers, counts, rules, schedules and workflows.
    std::string content();
    /// What else is kept of the jobs, and what the self-check objects to.
    std::string attachments();

private:
    struct Held {
        LeaseRef lease;
        std::size_t worker;
        std::uint64_t membership;  ///< which of the worker's sessions claimed it
    };
    struct Member {
        std::unique_ptr<WorkerSession> session;
        std::uint64_t membership = 0;
    };

    void replace_worker(std::size_t index);
    [[nodiscard]] const JobId& job(std::uint32_t number) const {
        return ids_[number % ids_.size()];
    }
    [[nodiscard]] const Held& held(std::uint32_t number) const {
        return leases_[number % leases_.size()];
    }
    [[nodiscard]] Settlement settlement(const Command& command, std::size_t item) const;
    std::string keep(const Lease& lease, std::size_t worker);

    std::string insert(const Command& command, std::span<const JobId> fresh);
    std::string insert_again(const Command& command);
    std::string claim(const Command& command);
    std::string settle(const Command& command);
    std::string heartbeat(const Command& command);
    std::string effect(const Command& command);
    std::string mark(const Command& command);
    std::string signal(const Command& command);
    std::string control(const Command& command);
    std::string promote(const Command& command);
    std::string take_over(const Command& command);
    std::string list(const Command& command);
    void set_queue_settings(const Command& command);
    void set_limit(const Command& command);
    void pause_scope(const Command& command);
    std::string unblock_key(const Command& command);
    std::string put_schedule(const Command& command);
    std::string set_schedule_state(const Command& command);
    std::string fire(const Command& command, std::span<const JobId> fresh);
    std::string remove_schedule(const Command& command);
    std::string insert_workflow(const Command& command, std::span<const JobId> fresh);
    std::string extend_workflow(const Command& command, std::span<const JobId> fresh);
    std::string control_workflow(const Command& command);
    std::string schedules();
    void subscribe(const Command& command);
    std::string unsubscribe(const Command& command);
    std::string read_events(const Command& command);
    std::string subscriptions();
    std::string workflows();
    std::string damage();
    std::string rules();

    std::shared_ptr<Store> store_;
    std::array<Member, 2> workers_;
    std::vector<JobId> ids_{JobId{{1}}};  // one that never exists
    std::vector<Held> leases_;
    std::vector<WorkflowId> workflow_ids_{WorkflowId{{1}}};  // one that never exists
};

/// The reference and a fresh SQLite store under the same commands: after each, every answer and all
/// jobs are the same, and so are their logs and effects at the end.
class SameLife {
public:
    SameLife();

    /// What differs after `command`; empty: nothing.
    [[nodiscard]] std::string play(const Command& command);
    [[nodiscard]] std::string compare_attachments();

private:
    TempDir scratch_;
    ManualClock clock_;
    Player reference_;
    Player sqlite_;
};

}  // namespace errand::test
