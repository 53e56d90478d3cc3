#pragma once

#include "simulation/actors/operators.hpp"
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
        : world_(world), host_(host), operators_(operators) {}

    void start();
    /// They finish what they are at.
    void stop() { going_on_ = false; }
    /// Clients and waiting ones that have not ended.
    [[nodiscard]] std::uint32_t present() const noexcept { return present_; }

private:
    void client();
    void enqueue(Store& store);
    void operate(Store& store);
    void change(Store& store);
    void wait_for_end(const JobId& id);
    /// `delay`: if it waits for a time at all.
    [[nodiscard]] NewJob new_job(Duration delay);

    void insert(Store& store, const std::vector<NewJob>& jobs);

    World& world_;
    Host& host_;
    Operators& operators_;
    std::deque<NewJob> newest_;  ///< of those that were acknowledged; newer jobs are still at work
    std::uint32_t present_ = 0;
    bool going_on_ = true;
};

}  // namespace errand::sim
