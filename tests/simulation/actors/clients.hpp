#pragma once

#include "simulation/actors/operators.hpp"
#include "simulation/actors/subscriber.hpp"
#include "simulation/actors/workflows.hpp"
#include "simulation/store/fault_store.hpp"
#include "simulation/world.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace errand::sim {

/// Programs that enqueue, look, control and wait. They do not die; an error they see they may see
/// again.
class Clients {
public:
    /// `host` is that of the world's own tasks.
    Clients(World& world, Host& host, Operators& operators)
        : world_(world),
          host_(host),
          operators_(operators),
          workflow_users_(world),
          subscriber_(world) {}

    void start();
    [[nodiscard]] Subscriber& subscriber() noexcept { return subscriber_; }
    /// They finish what they are at.
    void stop() { going_on_ = false; }
    /// Clients and waiting ones that have not ended.
    [[nodiscard]] std::uint32_t present() const noexcept { return present_; }

private:
    void client();
    void follow();
    void enqueue(Store& store);
    /// For jobs that may wait for it: before they do, while they do, or too late.
    void send_signal(Store& store, const NewJob& job);
    void operate(Store& store);
    void change(Store& store);
    void change_workflow(Store& store);
    [[nodiscard]] Duration some_delay();
    void wait_for_end(const JobId& id);
    /// `delay`: if it waits for a time at all.
    [[nodiscard]] NewJob new_job(Duration delay);

    void insert(Store& store, const std::vector<NewJob>& jobs);

    World& world_;
    Host& host_;
    Operators& operators_;
    WorkflowUsers workflow_users_;
    Subscriber subscriber_;
    std::deque<NewJob> newest_;  ///< of those that were acknowledged; newer jobs are still at work
    std::uint32_t present_ = 0;
    bool going_on_ = true;
};

}  // namespace errand::sim
