#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace errand::server {

/// A value that is costly to get: fetched on another thread, by one call at a time, at most once
/// per `max_age`, however many ask. Used on the io_context's thread only; outlives the pool's work.
template <class T>
class Cached {
public:
    using Clock = std::chrono::steady_clock;

    /// `fetch` runs on `pool` and must not throw.
    Cached(boost::asio::io_context& context, boost::asio::thread_pool& pool,
           Clock::duration max_age, std::function<T()> fetch)
        : context_(context), pool_(pool), max_age_(max_age), fetch_(std::move(fetch)) {}

    /// The newest value; none: `timeout` passed first, and the fetch goes on.
    boost::asio::awaitable<std::optional<T>> get(Clock::duration timeout) {
        if (value_ && Clock::now() - fetched_at_ < max_age_) co_return value_;
        if (!fetching_) start_fetch();
        const auto seen = generation_;
        boost::asio::steady_timer arrival{context_, timeout};
        waiters_.insert(&arrival);
        boost::system::error_code ignored;
        co_await arrival.async_wait(
            boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        waiters_.erase(&arrival);
        if (generation_ == seen) co_return std::nullopt;
        co_return value_;
    }

private:
    void start_fetch() {
        fetching_ = true;
        boost::asio::post(pool_, [this, work = boost::asio::make_work_guard(context_)] {
            boost::asio::post(context_,
                              [this, value = fetch_()]() mutable { keep(std::move(value)); });
        });
    }

    void keep(T value) {
        value_ = std::move(value);
        fetched_at_ = Clock::now();
        fetching_ = false;
        ++generation_;
        for (auto* waiter : waiters_)
            waiter->cancel();
    }

    boost::asio::io_context& context_;
    boost::asio::thread_pool& pool_;
    Clock::duration max_age_;
    std::function<T()> fetch_;
    std::optional<T> value_;
    Clock::time_point fetched_at_{};
    std::uint64_t generation_ = 0;
    bool fetching_ = false;
    std::set<boost::asio::steady_timer*> waiters_;
};

}  // namespace errand::server
