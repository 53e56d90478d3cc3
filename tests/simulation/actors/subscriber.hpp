#pragma once

#include "simulation/world.hpp"

#include <errand/store/store.hpp>

namespace errand::sim {

/// Somebody who wants to be told of all that happens to jobs and workflows, and reads it now and
/// then.
class Subscriber {
public:
    explicit Subscriber(World& world) : world_(world) {}

    [[nodiscard]] bool is_there() const noexcept { return subscribed_; }
    /// As lives with events do it at their beginning. Repeats the call until it is answered.
    void begin(Store& store);
    /// Reads until there is no more for now. Throws what the store throws.
    void read(Store& store);

private:
    World& world_;
    bool subscribed_ = false;
};

}  // namespace errand::sim
