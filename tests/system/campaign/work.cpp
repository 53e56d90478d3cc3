#include "system/campaign/roles.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <utility>

namespace errand::campaign {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds retry_delay{300};

std::string_view name_of(Outcome::Kind kind) {
    switch (kind) {
        case Outcome::Kind::done:
            return "done";
        case Outcome::Kind::fail:
            return "error";
        case Outcome::Kind::retry_in:
            return "retry_in";
        case Outcome::Kind::slow_down:
            return "slow_down";
        case Outcome::Kind::snooze:
            return "snooze";
        case Outcome::Kind::wait_signal:
            return "wait_signal";
        case Outcome::Kind::discard:
            return "discard";
        case Outcome::Kind::cancel:
            return "cancel";
    }
    return "?";
}

std::string_view name_of(StopReason reason) {
    switch (reason) {
        case StopReason::none:
            return "none";
        case StopReason::cancelled:
            return "cancelled";
        case StopReason::timed_out:
            return "timed_out";
        case StopReason::interrupted:
            return "interrupted";
        case StopReason::lease_lost:
            return "lease_lost";
    }
    return "?";
}

/// Every text that a handler leaves in the store begins with the lease it was written under.
std::string under_lease(const Context& job, std::string_view text) {
    return fmt::format("seq={} {}", job.lease_seq(), text);
}

Outcome done(const Context& job) {
    return Outcome::done(fmt::format("{{\"seq\":{}}}", job.lease_seq()));
}

/// What a job's arguments ask of its handler.
struct Wish {
    explicit Wish(const Context& job) {
        const auto args = boost::json::parse(std::string{job.args()}).as_array();
        const auto& wish = args.at(0).as_object();
        if (const auto* value = wish.if_contains("ms")) length = milliseconds{value->as_int64()};
        if (const auto* value = wish.if_contains("fails")) {
            fails = static_cast<std::uint32_t>(value->as_int64());
        }
        if (const auto* value = wish.if_contains("stubborn")) stubborn = value->as_bool();
    }
    milliseconds length{0};
    std::uint32_t fails = 0;
    bool stubborn = false;  ///< does not return when it is asked to
};

Outcome slow(Context& job) {
    const Wish wish{job};
    constexpr milliseconds step{10};
    const auto steps = static_cast<std::uint64_t>(wish.length / step);
    for (std::uint64_t i = 0; i < steps; ++i) {
        if (i % 10 == 0) {
            job.progress(i, steps, under_lease(job, "progress"));
            job.log(under_lease(job, "log"));
        }
        if (job.stop_requested() && !wish.stubborn) {
            return Outcome::fail(under_lease(job, "stopped"));
        }
        std::this_thread::sleep_for(step);
    }
    return done(job);
}

Outcome flaky(Context& job) {
    if (job.attempt() <= Wish{job}.fails) return Outcome::fail(under_lease(job, "flaky"));
    return done(job);
}

Outcome snoozing(Context& job) {
    if (job.lease_seq() <= 2) return Outcome::snooze(milliseconds{200});
    return done(job);
}

/// The effect's value names the lease that made it; every later attempt must see the same one.
Outcome once(Context& job, const History& history) {
    const auto value =
        job.once("effect", [&] { return fmt::format("\"made by {}\"", job.lease_seq()); });
    history.write("effect", "ok",
                  {{"job", to_string(job.id())},
                   {"lease_seq", job.lease_seq()},
                   {"extra", {{"value", value}}}});
    if (job.attempt() == 1) return Outcome::fail(under_lease(job, "again"));
    return done(job);
}

boost::json::value tick_of(const Context& job) {
    const auto tick = job.tick();
    return tick ? boost::json::value(tick->time_since_epoch().count()) : nullptr;
}

/// Waits for a signal and notes what came of it; every later attempt must see the same.
Outcome parking(Context& job, const History& history) {
    const auto answer = job.wait_signal<std::string>("go", milliseconds{700});
    history.write("answer", "ok",
                  {{"job", to_string(job.id())},
                   {"lease_seq", job.lease_seq()},
                   {"extra", {{"value", answer ? *answer : "over"}}}});
    if (job.attempt() == 1) return Outcome::fail(under_lease(job, "again"));
    return done(job);
}

void write_start(const History& history, const Context& job) {
    history.write("start", "ok",
                  {{"job", to_string(job.id())},
                   {"lease_seq", job.lease_seq()},
                   {"attempt", job.attempt()},
                   {"type", job.type()},
                   {"queue", job.queue()},
                   {"args_h", hash_of(job.args())},
                   {"extra", {{"wall", wall_time()}, {"tick", tick_of(job)}}}});
}

void write_finish(const History& history, const Context& job, const Outcome& outcome) {
    const bool failed = outcome.kind() == Outcome::Kind::fail;
    const bool waits = outcome.kind() == Outcome::Kind::wait_signal;  // a signal may end it at once
    const auto delay = std::chrono::duration_cast<std::chrono::microseconds>(
        failed ? Duration{retry_delay} : (waits ? Duration{} : outcome.delay()));
    history.write("finish", "ok",
                  {{"job", to_string(job.id())},
                   {"lease_seq", job.lease_seq()},
                   {"attempt", job.attempt()},
                   {"extra",
                    {{"wall", wall_time()},
                     {"outcome", name_of(outcome.kind())},
                     {"delay_us", delay.count()},
                     {"stop", name_of(job.stop_reason())}}}});
}

template <class F>
void handle(Worker& worker, const History& history, std::string_view type, F body) {
    worker.handle(type, [&history, body = std::move(body)](Context& job) {
        write_start(history, job);
        auto outcome = [&]() -> Outcome {
            try {
                return body(job);
            } catch (const Parked& parked) {
                return parked.outcome();
            } catch (const Error& error) {
                return Outcome::fail(under_lease(job, error.what()));
            }
        }();
        write_finish(history, job, outcome);
        return outcome;
    });
}

}  // namespace

void work(std::shared_ptr<Store> store, const History& history, Duration lease) {
    using std::chrono::seconds;
    WorkerOptions options;
    options.queues = {{"default", 6}, {"side", 2}};
    options.lease = lease;
    options.grace = milliseconds{300};
    options.stop_timeout = milliseconds{300};
    options.retry = RetryPolicy::fixed(retry_delay);
    options.retention.cancelled = seconds{1};
    options.log = [](LogLevel, std::string_view line) { std::cerr << line << '\n'; };
    Worker worker{std::move(store), std::move(options)};
    handle(worker, history, "c.quick", [](Context& job) { return done(job); });
    handle(worker, history, "c.slow", slow);
    handle(worker, history, "c.flaky", flaky);
    handle(worker, history, "c.snooze", snoozing);
    handle(worker, history, "c.discard",
           [](Context& job) { return Outcome::discard(under_lease(job, "discard")); });
    handle(worker, history, "c.park", [&](Context& job) { return parking(job, history); });
    handle(worker, history, "c.once", [&](Context& job) { return once(job, history); });
    history.write("up", "ok", {});
    worker.run();
    history.write("down", "ok", {});
}

}  // namespace errand::campaign
