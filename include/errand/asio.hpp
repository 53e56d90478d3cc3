#pragma once

#include <errand/performer.hpp>
#include <errand/worker.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

// Handlers that are coroutines on Boost.Asio. The only header of Errand that includes Asio.

namespace errand {

struct CoroutineOptions {
    std::uint32_t at_most = 10'000;  ///< coroutines at once, 1 to 50,000
};

/// `co_await`s instead of blocking. Asked to stop, its pending operation ends with
/// operation_aborted; one that wants to await more in its clean-up calls
/// `co_await boost::asio::this_coro::reset_cancellation_state()` first.
using RawCoroutine = std::function<boost::asio::awaitable<Outcome>(Context&)>;

namespace detail {

/// Runs coroutines on one thread. Everything but perform(), start() and stop() happens there.
class CoroutinePerformer final : public Performer {
public:
    explicit CoroutinePerformer(const CoroutineOptions& options) : options_(options) {}

    void add(std::string_view type, RawCoroutine handler) {
        handlers_.insert_or_assign(std::string{type}, std::move(handler));
    }

    [[nodiscard]] std::string_view name() const noexcept override { return "to io"; }
    [[nodiscard]] Places places() const noexcept override { return {options_.at_most, 1, 1'000}; }

    void prepare(const Warn& warn) override { warn_ = warn; }
    void start() override {
        io_ = std::make_unique<boost::asio::io_context>(1);
        thread_ = std::jthread{[this] { run(); }};
    }

    void perform(std::vector<Attempt> attempts) override {
        boost::asio::post(*io_, [this, attempts = std::move(attempts)]() mutable {
            for (auto& attempt : attempts)
                waiting_.push_back(std::move(attempt));
            spawn_waiting();
        });
    }

    /// Coroutines that are still there have ignored the request to stop: they are destroyed where
    /// they wait.
    void stop() noexcept override {
        if (!io_) return;
        io_->stop();
        if (thread_.joinable()) thread_.join();
        waiting_.clear();
        io_.reset();
        running_ = 0;
    }

private:
    /// A coroutine with its job.
    struct Running {
        explicit Running(Attempt&& job) : attempt(std::move(job)) {}
        Attempt attempt;
        boost::asio::cancellation_signal cancel{};
        std::optional<std::stop_callback<std::function<void()>>> on_stop{};
    };

    void run() {
        const auto guard = boost::asio::make_work_guard(*io_);
        for (;;) {
            try {
                io_->run();
                return;
            } catch (const std::exception& error) {
                // Of something that a handler left behind; its own exceptions end its job.
                warn_(std::string{"coroutines: an operation of a handler threw: "} + error.what());
            } catch (...) {
                warn_("coroutines: an operation of a handler threw");
            }
        }
    }

    void spawn_waiting() {
        while (running_ < options_.at_most && !waiting_.empty()) {
            auto attempt = std::move(waiting_.front());
            waiting_.pop_front();
            if (attempt.begin()) spawn(std::move(attempt));
        }
    }

    void spawn(Attempt&& attempt) {
        ++running_;
        auto running = std::make_shared<Running>(std::move(attempt));
        const auto& handler = handlers_.find(std::string{running->attempt.type()})->second;
        boost::asio::co_spawn(*io_, await(*running, handler),
                              boost::asio::bind_cancellation_slot(
                                  running->cancel.slot(), [this, running](std::exception_ptr) {
                                      running->on_stop.reset();
                                      --running_;
                                      spawn_waiting();
                                  }));
        running->on_stop.emplace(
            running->attempt.context().stop_token(),
            [this, job = std::weak_ptr<Running>{running}] { cancel_soon(job); });
    }

    static boost::asio::awaitable<void> await(Running& running, const RawCoroutine& handler) {
        std::optional<Outcome> outcome;
        try {
            outcome.emplace(co_await handler(running.attempt.context()));
        } catch (...) {
            outcome.emplace(outcome_of_current_exception());
        }
        running.on_stop.reset();
        running.attempt.finish(std::move(*outcome));
    }

    /// From any thread, while the worker runs.
    void cancel_soon(const std::weak_ptr<Running>& job) {
        boost::asio::post(*io_, [job] {
            if (const auto running = job.lock()) {
                running->cancel.emit(boost::asio::cancellation_type::all);
            }
        });
    }

    const CoroutineOptions options_;
    std::unordered_map<std::string, RawCoroutine> handlers_;
    Warn warn_;
    std::unique_ptr<boost::asio::io_context> io_;
    std::jthread thread_;
    std::deque<Attempt> waiting_;
    std::uint32_t running_ = 0;
};

template <class T>
struct AwaitedValue;
template <class T>
struct AwaitedValue<boost::asio::awaitable<T>> {
    using type = T;
};

/// The typed coroutine `handler` as one of raw JSON.
template <JobArgs T, class F>
[[nodiscard]] RawCoroutine raw_coroutine(F handler) {
    return [handler = std::move(handler)](Context& job) -> boost::asio::awaitable<Outcome> {
        std::optional<Outcome> unfit;
        const auto args = decode_args<T>(job, unfit);
        if (!args) co_return std::move(*unfit);
        const auto call = [&] {
            if constexpr (std::is_invocable_v<const F&, const T&, Context&>) {
                return handler(*args, job);
            } else {
                return handler(*args);
            }
        };
        using Value = typename AwaitedValue<std::invoke_result_t<decltype(call)>>::type;
        if constexpr (std::is_void_v<Value>) {
            co_await call();
            co_return Outcome::done();
        } else if constexpr (std::is_same_v<Value, Outcome>) {
            co_return co_await call();
        } else {
            const auto value = co_await call();
            co_return Outcome::done(Codec<Value>::encode(value));
        }
    };
}

}  // namespace detail

/// The coroutine handlers of a worker: all run on one thread, thousands at once, so they must not
/// block. Steps and waits of the Context call the store, at most milliseconds each with a file; a
/// job that is parked by one is no coroutine meanwhile. A step's work is no coroutine. Make it,
/// register, then start the worker, which keeps what it needs.
///
///     errand::Coroutines coroutines{worker};
///     coroutines.handle<Probe>([](const Probe& args) -> boost::asio::awaitable<errand::Outcome> {
///         boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, 10s};
///         co_await timer.async_wait(boost::asio::use_awaitable);
///         co_return errand::Outcome::done();
///     });
class Coroutines {
public:
    /// Throws Error (invalid_argument).
    explicit Coroutines(Worker& worker, CoroutineOptions options = {}) : worker_(&worker) {
        if (options.at_most < 1 || options.at_most > 50'000) {
            throw Error(ErrorCode::invalid_argument, "at_most: " + std::to_string(options.at_most) +
                                                         " is out of range; give 1 to 50000");
        }
        performer_ = std::make_shared<detail::CoroutinePerformer>(options);
    }

    /// Throws Error as Worker::handle() does.
    void handle(std::string_view type, RawCoroutine handler, HandlerOptions options = {}) {
        if (!handler) {
            throw Error(ErrorCode::invalid_argument,
                        "handler of " + std::string{type} + ": it is empty; give a function");
        }
        worker_->handle_by(type, performer_, std::move(options));
        performer_->add(type, std::move(handler));
    }

    /// `handler(const T&, Context&)` or `handler(const T&)` returns an awaitable of an Outcome, of
    /// nothing, or of a value with a Codec, which becomes the result. Its own object and the
    /// arguments live until it has ended.
    template <JobArgs T, class F>
    void handle(F handler, HandlerOptions options = {}) {
        handle(T::job_type, detail::raw_coroutine<T>(std::move(handler)),
               detail::handler_options_of<T>(std::move(options)));
    }

private:
    Worker* worker_;
    std::shared_ptr<detail::CoroutinePerformer> performer_;
};

}  // namespace errand
