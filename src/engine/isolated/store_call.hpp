#pragma once

#include "engine/isolated/messages.hpp"

#include <errand/context.hpp>

#include <functional>
#include <thread>

namespace errand::engine {

/// A question that a job in an isolated process has for the store, carried out here on a thread of
/// its own, as it waits for the store.
class StoreCall {
public:
    using Answer = std::function<void(StoreReply)>;

    /// `job` outlives it; `answer` takes what is to be told to the process, from any thread.
    StoreCall(Context& job, StoreQuestion question, Answer answer);
    /// Waits until the store has answered.
    ~StoreCall() = default;
    StoreCall(const StoreCall&) = delete;
    StoreCall& operator=(const StoreCall&) = delete;

private:
    void run();
    [[nodiscard]] StoreReply carry_out();

    Context& job_;
    StoreQuestion question_;
    const Answer answer_;
    std::jthread thread_;
};

}  // namespace errand::engine
