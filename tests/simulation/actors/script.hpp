#pragma once

#include "simulation/store/fault_store.hpp"
#include "simulation/world.hpp"

#include <errand/context.hpp>
#include <errand/outcome.hpp>

#include <optional>
#include <string>

namespace errand::sim {

/// What a handler does, drawn anew for each attempt. Plays on the runner's fiber.
class Script {
public:
    /// `clock` is that of the process.
    Script(World& world, Host& host, Store& store, const Clock& clock, WorkerId worker)
        : world_(world), host_(host), store_(store), clock_(clock), worker_(worker) {}

    /// Does it, and tells the oracle how it came back. What it throws it throws as handlers do.
    Outcome perform(Context& context);

private:
    Outcome play(Context& context, const LeaseRef& lease);
    void go_through_steps(Context& context, const LeaseRef& lease);
    void run_step(Context& context, const LeaseRef& lease, const std::string& name);
    [[nodiscard]] std::optional<RawJson> wait_for_approval(Context& context, Duration longest,
                                                           bool just_then);
    void approve(const JobId& id);
    void add_jobs(const Context& context, const LeaseRef& lease);
    void take_time(Context& context);
    void have_effect(Context& context);
    void enqueue_child(const Context& context);
    [[nodiscard]] Outcome end();
    [[nodiscard]] Outcome fail_for_the_other_side();
    void tell(const LeaseRef& lease, const Context& context, const Outcome& outcome, bool plain);
    [[nodiscard]] bool hit(Fault fault) { return world_.chance.hit(world_.faults[fault]); }

    World& world_;
    Host& host_;
    Store& store_;
    const Clock& clock_;
    WorkerId worker_;
};

}  // namespace errand::sim
