#pragma once

#include "simulation/world.hpp"

#include <errand/store/store.hpp>

#include <deque>
#include <functional>
#include <vector>

namespace errand::sim {

/// Those who submit workflows, cancel them and let them go on, as a whole and job by job.
class WorkflowUsers {
public:
    explicit WorkflowUsers(World& world) : world_(world) {}

    [[nodiscard]] bool are_there() const { return world_.faults.active(Fault::workflows); }
    /// A random graph of jobs that `new_job` gives; each is named by its id. Repeats the call until
    /// it is answered.
    void submit(Store& store, const std::function<NewJob()>& new_job);
    /// One change, or a look. Throws what the store throws.
    void change(Store& store);

private:
    struct Known {
        WorkflowId id;
        std::vector<JobId> jobs;
    };
    [[nodiscard]] NewWorkflow some_workflow(const std::function<NewJob()>& new_job);
    [[nodiscard]] WorkflowCallbacks some_callbacks();
    void change_job(Store& store, const JobId& id);

    World& world_;
    std::deque<Known> newest_;
};

/// What a job of a workflow comes after is decided so.
[[nodiscard]] OnFailure some_policy_on_failure(Chance& chance);

}  // namespace errand::sim
