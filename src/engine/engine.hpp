#pragma once

#include "engine/claimer.hpp"
#include "engine/counters.hpp"
#include "engine/dispatcher.hpp"
#include "engine/engine_options.hpp"
#include "engine/event_relay.hpp"
#include "engine/finished_list.hpp"
#include "engine/handler_registry.hpp"
#include "engine/in_flight.hpp"
#include "engine/lease_keeper.hpp"
#include "engine/logger.hpp"
#include "engine/promoter.hpp"
#include "engine/pruner.hpp"
#include "engine/rescuer.hpp"
#include "engine/runner.hpp"
#include "engine/scheduler.hpp"
#include "engine/settler.hpp"
#include "engine/stop_notifier.hpp"

#include <errand/store/store.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace errand::engine {

/// Who a worker is: its unique name and where it runs.
struct Identity {
    std::string name;
    std::string host;
    std::int64_t pid = 0;
};

/// All loops of one worker, wired together, without threads: WorkerThreads gives them some, a
/// simulator calls them itself. Joins the store when made; lives from a start to its stop.
class Engine {
public:
    /// Throws Error (store_unavailable) when the store cannot be joined. `registry`, `counters` and
    /// `log` outlive it.
    Engine(std::shared_ptr<Store> store, const EngineOptions& options, const Identity& identity,
           const HandlerRegistry& registry, Counters& counters, const Logger& log);

    [[nodiscard]] Store& store() noexcept { return *store_; }
    [[nodiscard]] const EngineOptions& options() const noexcept { return options_; }
    [[nodiscard]] WorkerSession& session() noexcept { return *session_; }
    [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }

    /// One per line that has a type to claim.
    [[nodiscard]] std::vector<std::unique_ptr<Claimer>>& claimers() noexcept { return claimers_; }
    /// One more runner for a thread of `line`, which has no performer.
    [[nodiscard]] std::unique_ptr<Runner> make_runner(QueueLine& line);
    /// The same for a line with a performer.
    [[nodiscard]] std::unique_ptr<Dispatcher> make_dispatcher(QueueLine& line);
    [[nodiscard]] Settler& settler() noexcept { return settler_; }
    [[nodiscard]] LeaseKeeper& lease_keeper() noexcept { return lease_keeper_; }
    [[nodiscard]] StopNotifier& stop_notifier() noexcept { return stop_notifier_; }
    [[nodiscard]] Rescuer& rescuer() noexcept { return rescuer_; }
    [[nodiscard]] Promoter& promoter() noexcept { return promoter_; }
    [[nodiscard]] Pruner& pruner() noexcept { return pruner_; }
    [[nodiscard]] EventRelay& event_relay() noexcept { return event_relay_; }
    /// Null: this worker leaves schedules to others.
    [[nodiscard]] Scheduler* scheduler() noexcept { return scheduler_ ? &*scheduler_ : nullptr; }

    // The steps of a graceful stop, after the claimers have ended. Each only lines settlements up.

    /// Gives back what has not begun.
    void give_back_queued();
    /// Asks running handlers to return.
    void interrupt_running();
    /// Gives back the jobs of handlers that did not return; what they return later is dropped.
    void abandon_running();

private:
    std::shared_ptr<Store> store_;
    EngineOptions options_;
    core::AttemptSite site_;
    core::DecideOptions decide_;
    std::unique_ptr<WorkerSession> session_;
    StopNotifier stop_notifier_;
    ExecutionServices execution_services_;
    InFlight in_flight_;
    FinishedList finished_;
    RunnerServices runner_services_;
    Settler settler_;
    LeaseKeeper lease_keeper_;
    Rescuer rescuer_;
    Promoter promoter_;
    Pruner pruner_;
    EventRelay event_relay_;
    std::optional<Scheduler> scheduler_;
    std::vector<std::unique_ptr<Claimer>> claimers_;
};

}  // namespace errand::engine
