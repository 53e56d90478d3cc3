#include "simulation/actors/script.hpp"

#include "simulation/actors/workflows.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace errand::sim {

using namespace std::chrono_literals;

Outcome Script::perform(Context& context) {
    world_.scheduler.check_alive();
    const bool can_ask = !world_.store_is_away() && host_.cut_off_until <= world_.scheduler.now();
    if (can_ask) world_.oracle.expect_not_expired(context.id(), world_.store_clock.now());
    const auto lease = world_.oracle.started(context, worker_);
    try {
        auto outcome = play(context, lease);
        world_.scheduler.check_alive();
        tell(lease, context, outcome,
             outcome.kind() == Outcome::Kind::done && outcome.text().empty());
        return outcome;
    } catch (const ProcessDied&) {
        throw;
    } catch (const Parked& parked) {
        world_.scheduler.check_alive();
        tell(lease, context, parked.outcome(), false);
        throw;
    } catch (...) {
        world_.scheduler.check_alive();
        tell(lease, context, Outcome::fail("thrown"), false);
        throw;
    }
}

/// Whoever decides afterwards sees the same reason to stop, and looks at the deadline himself.
void Script::tell(const LeaseRef& lease, const Context& context, const Outcome& outcome,
                  bool plain) {
    Returned how{outcome.kind(), outcome.delay(), {}, context.stop_reason()};
    const bool has_text =
        outcome.kind() == Outcome::Kind::done || outcome.kind() == Outcome::Kind::wait_signal;
    if (has_text) how.result = outcome.text();
    const auto deadline = context.deadline();
    const bool late = deadline && clock_.now() >= *deadline;
    if (!plain && late && how.stop == StopReason::none) how.stop = StopReason::timed_out;
    world_.oracle.returned(lease, worker_, std::move(how));
}

Outcome Script::play(Context& context, const LeaseRef& lease) {
    auto& chance = world_.chance;
    take_time(context);
    if (context.args() == "[\"poison\"]" && chance.hit(0.7)) {
        host_.killed = true;
        throw ProcessDied{};
    }
    if (context.args() == "[\"endless\"]" || (context.stop_requested() && chance.hit(0.5))) {
        return Outcome::fail("stopped");
    }
    if (context.args() == "[\"effect\"]") have_effect(context);
    if (context.args() == "[\"parent\"]") enqueue_child(context);
    if (context.args() == "[\"adder\"]") add_jobs(context, lease);
    if (context.args() == "[\"durable\"]") go_through_steps(context, lease);
    if (world_.faults.active(Fault::workflows) && chance.hit(0.1)) {
        static_cast<void>(store_.parent_results(context.id()));
    }
    if (context.args() == "[\"failing\"]") return Outcome::fail("scripted");
    if (hit(Fault::failures)) return end();
    if (hit(Fault::breakers)) return fail_for_the_other_side();
    return chance.hit(0.1) ? Outcome::done("{\"n\":1}") : Outcome::done();
}

Outcome Script::end() {
    auto& chance = world_.chance;
    switch (chance.below(9)) {
        case 0:
            return Outcome::retry_in(chance.between(0us, 3s));
        case 1:
            return Outcome::snooze(chance.between(0us, 3s));
        case 2:
            return Outcome::discard("scripted");
        case 3:
            return Outcome::cancel("scripted");
        case 4:
            throw std::runtime_error("scripted");
        case 5:
            throw std::bad_alloc{};
        case 6:
            throw 7;  // anything can be thrown
        default:
            return Outcome::fail("scripted");
    }
}

/// As handlers do of which the other side is down, or wants to be left alone.
Outcome Script::fail_for_the_other_side() {
    auto& chance = world_.chance;
    if (chance.hit(0.9)) return Outcome::fail("the other side is down");
    return Outcome::slow_down(chance.between(10ms, 1s));
}

/// In small parts, so that it sees when it should stop, if it looks.
void Script::take_time(Context& context) {
    auto& chance = world_.chance;
    const bool endless = context.args() == "[\"endless\"]";
    if (!endless && !hit(Fault::slow)) return;
    const Duration length = endless           ? Duration{1h}
                            : chance.hit(0.8) ? chance.between(0us, 100ms)
                                              : chance.between(0us, lease_length * 3);
    const bool listens = endless || !hit(Fault::deaf);
    const auto until = world_.scheduler.now() + length;
    for (std::uint64_t part = 0; world_.scheduler.now() < until; ++part) {
        if (listens && context.stop_requested()) return;
        context.progress(part, 10, "at it");
        if (part == 0) context.log("begins");
        world_.scheduler.sleep(std::min<Duration>(until - world_.scheduler.now(), 50ms));
    }
}

/// Some handlers insist when the store is away, and may come too late then.
void Script::have_effect(Context& context) {
    const bool long_one = hit(Fault::slow);
    const auto longest = long_one ? lease_length : Duration{5ms};
    const auto tries = world_.chance.hit(0.5) ? 1 : 20;
    for (int i = 1;; ++i) {
        try {
            static_cast<void>(context.once("effect", [&] {
                world_.scheduler.sleep(world_.chance.between(0us, longest));
                return std::to_string(context.lease_seq());
            }));
            return;
        } catch (const Error& error) {
            if (i == tries || error.code() != ErrorCode::store_unavailable) throw;
            world_.scheduler.sleep(300ms);
        }
    }
}

/// Under an id that follows from the parent's, as handlers should: repeating adds nothing.
void Script::enqueue_child(const Context& context) {
    NewJob child;
    child.id = context.id();
    child.id.bytes.back() ^= 0xffU;
    child.type = "script";
    child.queue = context.queue();
    const auto result = store_.insert({&child, 1}).front();
    if (result.kind == InsertResult::Kind::inserted) world_.oracle.acknowledged(child.id);
}

void Script::run_step(Context& context, const LeaseRef& lease, const std::string& name) {
    static_cast<void>(context.step(name, [&] {
        world_.oracle.step_runs(lease, name);
        world_.scheduler.sleep(world_.chance.between(0us, 5ms));
        return RawJson{std::to_string(context.lease_seq())};
    }));
}

/// `just_then`: somebody approves when the handler has looked, and the job is not parked yet.
std::optional<RawJson> Script::wait_for_approval(Context& context, Duration longest,
                                                 bool just_then) {
    try {
        return context.wait_signal("approve", longest);
    } catch (const Parked&) {
        if (just_then) approve(context.id());
        throw;
    }
}

void Script::approve(const JobId& id) {
    try {
        static_cast<void>(store_.signal(id, "approve", "{\"by\":8}"));
    } catch (const Error&) {
        return;  // nobody approves
    }
}

/// What a job's handler has besides steps follows from its id, as it must be the same each time.
void Script::go_through_steps(Context& context, const LeaseRef& lease) {
    const auto shape = context.id().bytes[3];
    const auto length = 100ms + context.id().bytes[4] * 10ms;
    run_step(context, lease, "first");
    if ((shape & 1U) != 0) {
        context.sleep("nap", length);
        world_.oracle.slept(lease, "nap");
    }
    if ((shape & 2U) != 0) {
        const bool had = world_.oracle.has_signal(context.id(), "approve");
        const auto value = wait_for_approval(context, length, (shape & 24U) == 0);
        world_.oracle.waited(lease, had, value ? std::optional{value->text} : std::nullopt);
    }
    run_step(context, lease, "second");
    if ((shape & 4U) != 0) context.cursor("at").save(RawJson{std::to_string(context.attempt())});
}

/// Under ids and names that follow from its own: repeating adds nothing.
void Script::add_jobs(const Context& context, const LeaseRef& lease) {
    auto& chance = world_.chance;
    std::vector<std::string> before{to_string(context.id())};
    for (const auto& parent : store_.parent_results(context.id()))
        before.push_back(parent.name);
    std::vector<WorkflowJob> jobs(1 + chance.below(3));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        auto& job = jobs[i].job;
        job.id = context.id();
        job.id.bytes[14] = static_cast<std::uint8_t>(job.id.bytes[14] ^ (i + 1));
        job.type = "script";
        job.queue = context.queue();
        jobs[i].name = to_string(job.id);
        for (const auto& name : before) {
            if (!chance.hit(0.4)) continue;
            jobs[i].after.push_back({name, some_policy_on_failure(chance)});
        }
        before.push_back(jobs[i].name);
    }
    static_cast<void>(store_.extend_workflow(lease, jobs));
}

}  // namespace errand::sim
