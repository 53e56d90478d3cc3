#include "engine/attempt_steps.hpp"
#include "engine/queue_line.hpp"

#include <errand/performer.hpp>

#include <utility>

namespace errand {

Attempt::Attempt(engine::Execution& execution, std::uint64_t generation,
                 const engine::RunnerServices& services) noexcept
    : execution_(&execution), generation_(generation), services_(&services) {}

Attempt::Attempt(Attempt&& other) noexcept
    : execution_(std::exchange(other.execution_, nullptr)),
      generation_(other.generation_),
      services_(other.services_),
      state_(std::exchange(other.state_, State::ended)),
      begun_at_(other.begun_at_),
      after_(std::move(other.after_)) {}

Attempt& Attempt::operator=(Attempt&& other) noexcept {
    if (this == &other) return *this;
    drop();
    execution_ = std::exchange(other.execution_, nullptr);
    generation_ = other.generation_;
    services_ = other.services_;
    state_ = std::exchange(other.state_, State::ended);
    begun_at_ = other.begun_at_;
    after_ = std::move(other.after_);
    return *this;
}

Attempt::~Attempt() {
    drop();
}

void Attempt::drop() noexcept {
    if (!execution_ || state_ == State::ended) return;
    if (state_ == State::begun) {
        finish(Outcome::fail("it was dropped without an outcome", "dropped"));
    } else {
        state_ = State::ended;
        engine::give_back({execution_, generation_}, *services_);
    }
}

bool Attempt::begin() {
    if (state_ != State::waiting) return false;
    begun_at_ = services_->clock.now();
    if (!engine::begin_attempt({execution_, generation_}, *services_)) {
        state_ = State::ended;
        return false;
    }
    state_ = State::begun;
    engine::Counters::add(services_->counters.started, 1);
    if (services_->hooks.empty()) return true;
    auto failure = services_->hooks.before(*execution_, after_);
    if (!failure) return true;
    finish(std::move(*failure));
    return false;
}

std::string_view Attempt::type() const noexcept {
    return execution_->type();
}

Context& Attempt::context() const noexcept {
    return *execution_;
}

void Attempt::finish(Outcome outcome) noexcept {
    end(std::move(outcome), nullptr);
}

void Attempt::crash(std::string type, std::string message, std::string backtrace) noexcept {
    end(Outcome::fail(std::move(message), std::move(type)), &backtrace);
}

void Attempt::end(Outcome outcome, std::string* backtrace) noexcept {
    if (state_ != State::begun) return;
    state_ = State::ended;
    if (!after_.empty()) outcome = services_->hooks.after(std::move(outcome), after_);
    auto& line = execution_->line();
    line.handler_time.add(services_->clock.now() - begun_at_, 1);
    engine::end_attempt({execution_, generation_}, std::move(outcome), backtrace, *services_);
}

}  // namespace errand
