#include "simulation/time/fiber.hpp"

#include <cxxabi.h>

#include <cassert>
#include <memory>
#include <utility>

namespace errand::sim {
namespace {

/// Boost copies its allocator, so this only names the pool.
struct FromPool {
    StackPool* pool;
    boost::context::stack_context allocate() { return pool->allocate(); }
    void deallocate(boost::context::stack_context& stack) { pool->deallocate(stack); }
};

}  // namespace

StackPool::~StackPool() {
    for (auto& stack : free_)
        source_.deallocate(stack);
}

boost::context::stack_context StackPool::allocate() {
    if (free_.empty()) return source_.allocate();
    const auto stack = free_.back();
    free_.pop_back();
    return stack;
}

Fiber::Fiber(StackPool& pool, std::function<void()> body)
    : body_(std::move(body)),
      own_(std::allocator_arg, FromPool{&pool}, [this](boost::context::fiber&& caller) {
          caller_ = std::move(caller);
          body_();
          ended_ = true;
          swap_exception_state();
          return std::move(caller_);
      }) {}

Fiber::~Fiber() {
    assert(ended_);
}

void Fiber::resume() {
    if (ended_) return;
    swap_exception_state();
    own_ = std::move(own_).resume();
}

void Fiber::pause() {
    swap_exception_state();
    caller_ = std::move(caller_).resume();
}

/// A fiber may pause while it handles an exception, so the runtime's notes change with the stack.
void Fiber::swap_exception_state() {
    auto* const present = reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
    std::swap(*present, other_);
}

}  // namespace errand::sim
