#pragma once

#include <boost/context/fiber.hpp>
#include <boost/context/fixedsize_stack.hpp>

#include <functional>
#include <vector>

namespace errand::sim {

/// Stacks for fibers, used again and again. Outlives its fibers.
class StackPool {
public:
    StackPool() = default;
    ~StackPool();
    StackPool(const StackPool&) = delete;
    StackPool& operator=(const StackPool&) = delete;

    // What Boost.Context asks of an allocator.
    [[nodiscard]] boost::context::stack_context allocate();
    void deallocate(const boost::context::stack_context& stack) { free_.push_back(stack); }

private:
    boost::context::fixedsize_stack source_{128U << 10};
    std::vector<boost::context::stack_context> free_;
};

/// A function with a stack of its own that can stop in the middle and go on later: a thread of a
/// simulated process, without its chance. All fibers run on one thread. The body must have ended
/// when the fiber is destroyed, and lets no exception out.
class Fiber {
public:
    Fiber(StackPool& pool, std::function<void()> body);
    ~Fiber();
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    /// Runs the body until its next pause() or its end. Never called from inside a fiber.
    void resume();
    /// Of the body: goes back to who called resume().
    void pause();
    [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
    /// What the C++ runtime notes per thread about exceptions in flight.
    struct ExceptionState {
        void* caught = nullptr;
        unsigned int uncaught = 0;
    };
    void swap_exception_state();

    std::function<void()> body_;
    boost::context::fiber own_;
    boost::context::fiber caller_;
    ExceptionState other_;
    bool ended_ = false;
};

}  // namespace errand::sim
