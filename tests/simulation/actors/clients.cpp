#include "simulation/actors/clients.hpp"

#include "simulation/actors/unique_jobs.hpp"

#include <errand/error.hpp>

#include <span>
#include <string_view>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// Of the pages that clients list, and of their safety poll for a job's end.
constexpr std::uint32_t page = 20;
constexpr std::string_view durable = "[\"durable\"]";
constexpr std::size_t newest_kept = 30;
constexpr Duration safety_look = 1s;
/// Until a client that found too much unfinished work looks again.
constexpr Duration longest_hold_back = 30ms;

RetryPolicy some_policy(Chance& chance) {
    switch (chance.below(4)) {
        case 0:
            return RetryPolicy::fixed(300ms);
        case 1:
            return RetryPolicy::linear(200ms).jitter(0.2);
        case 2:
            return RetryPolicy::list(10ms, 1s, 100ms);
        default:
            return RetryPolicy::exponential(50ms, 3.0).max(2s).jitter(0.5);
    }
}

}  // namespace

void Clients::start() {
    for (std::uint32_t i = 0; i < world_.traffic.clients; ++i) {
        ++present_;
        world_.scheduler.spawn("client", &host_, [this] { client(); });
    }
    if (!subscriber_.is_there()) return;
    ++present_;
    world_.scheduler.spawn("follower", &host_, [this] { follow(); });
}

void Clients::follow() {
    FaultStore store{world_, nullptr};
    while (going_on_) {
        world_.scheduler.sleep(world_.chance.between(10ms, 500ms));
        try {
            subscriber_.read(store);
        } catch (const Error&) {
            continue;  // he reads the same again
        }
    }
    --present_;
}

void Clients::client() {
    FaultStore store{world_, nullptr};
    while (going_on_) {
        const bool at_once = world_.chance.hit(0.4);
        world_.scheduler.sleep(at_once ? world_.chance.between(1us, 500us)
                                       : world_.chance.between(1ms, world_.traffic.think));
        if (world_.chance.hit(0.8)) {
            if (world_.oracle.living() < world_.traffic.backlog) {
                const auto& faults = world_.faults;
                const bool graph = world_.chance.hit(faults[Fault::workflows] * 0.3);
                graph ? workflow_users_.submit(store, [this] { return new_job(some_delay()); })
                      : enqueue(store);
            } else {
                world_.scheduler.sleep(world_.chance.between(1ms, longest_hold_back));
            }
        } else {
            operate(store);
        }
    }
    --present_;
}

/// Mostly none; new_job() decides.
Duration Clients::some_delay() {
    return world_.chance.between(0us, 1s);
}

NewJob Clients::new_job(Duration delay) {
    auto& chance = world_.chance;
    const auto& faults = world_.faults;
    NewJob job;
    job.id = chance.job_id();
    job.type = chance.hit(0.1) ? "novel" : "script";
    job.queue = chance.hit(0.6) ? "a" : "b";
    job.priority = static_cast<std::int32_t>(chance.below(3));
    job.max_attempts = static_cast<std::uint32_t>(1 + chance.below(5));
    const auto kind = chance.unit();
    if (kind < 0.15) job.args = "[\"effect\"]";
    if (kind > 0.98) job.args = "[\"parent\"]";
    if (chance.hit(faults[Fault::steps])) job.args = "[\"durable\"]";
    if (chance.hit(faults[Fault::poison])) job.args = "[\"poison\"]";
    if (chance.hit(faults[Fault::timeouts])) job.timeout = chance.between(20ms, 300ms);
    if (chance.hit(0.2)) job.retry = some_policy(chance);
    if (chance.hit(0.1)) make_unique(job, chance);
    if (chance.hit(0.2)) job.delay = delay;
    operators_.dress(job);
    return job;
}

/// As a client must: repeats the same call until it is answered.
void Clients::insert(Store& store, const std::vector<NewJob>& jobs) {
    while (true) {
        try {
            const auto results = store.insert(jobs);
            for (std::size_t i = 0; i < results.size(); ++i) {
                using Kind = InsertResult::Kind;
                const auto kind = results[i].kind;
                if (kind == Kind::duplicate || kind == Kind::replaced) continue;
                world_.oracle.acknowledged(jobs[i].id);
                newest_.push_back(jobs[i]);
            }
            while (newest_.size() > newest_kept)
                newest_.pop_front();
            return;
        } catch (const Error&) {
            world_.scheduler.sleep(world_.chance.between(10ms, 300ms));
        }
    }
}

void Clients::enqueue(Store& store) {
    auto& chance = world_.chance;
    std::vector<NewJob> jobs;
    const auto count = 1 + chance.below(world_.traffic.batch);
    // Mostly one time for all: jobs that become due one by one each wake everybody.
    const bool together = chance.hit(0.8);
    const auto delay = chance.between(0us, 3s);
    for (std::uint64_t i = 0; i < count; ++i) {
        jobs.push_back(new_job(together ? delay : chance.between(0us, 3s)));
    }
    insert(store, jobs);
    if (jobs.back().args == durable && chance.hit(0.5)) send_signal(store, jobs.back());
    if (!chance.hit(0.03) || newest_.empty()) return;
    ++present_;
    world_.scheduler.spawn("waiting", &host_, [this, id = newest_.back().id] { wait_for_end(id); });
}

void Clients::send_signal(Store& store, const NewJob& job) {
    try {
        static_cast<void>(store.signal(job.id, "approve", "{\"by\":7}"));
    } catch (const Error&) {
        return;  // whoever sent it sees that, and may send it again
    }
}

void Clients::change(Store& store) {
    try {
        operators_.change(store);
    } catch (const Error&) {
        return;  // an operator sees it and may try again
    }
}

void Clients::change_workflow(Store& store) {
    try {
        workflow_users_.change(store);
    } catch (const Error&) {
        return;  // an operator sees it and may try again
    }
}

/// Looks first, and then does what may no longer be fitting.
void Clients::operate(Store& store) {
    auto& chance = world_.chance;
    if (operators_.are_there() && chance.hit(0.4)) return change(store);
    if (workflow_users_.are_there() && chance.hit(0.4)) return change_workflow(store);
    if (newest_.empty()) return;
    const NewJob job = newest_[chance.below(newest_.size())];
    const std::span one{&job.id, 1};
    if (job.args == durable && chance.hit(0.5)) return send_signal(store, job);
    try {
        const auto what = chance.below(10);
        const auto seen = store.find(job.id);
        if (chance.hit(0.3)) world_.scheduler.sleep(chance.between(0us, 200ms));
        const bool ended = seen && is_end(seen->state);
        if (what < 3) {
            if (!ended) static_cast<void>(store.cancel(one));
        } else if (what < 5) {
            static_cast<void>(store.retry(one));
        } else if (what < 6) {
            static_cast<void>(store.remove(one));
            // Whoever removes a job may want it after all, under the id that he knows.
            if (chance.hit(0.5)) insert(store, {job});
        } else if (what < 7) {
            for (const Job& listed : store.list({{}, {}, "a", {}}, page, "").jobs)
                world_.oracle.showed(listed);
        } else {
            store.set_paused("b", chance.hit(0.4));
        }
    } catch (const Error&) {
        return;  // an operator sees it and may try again
    }
}

/// The way in which Client::wait waits.
void Clients::wait_for_end(const JobId& id) {
    FaultStore store{world_, nullptr};
    for (bool ended = false; !ended;) {
        const auto seen = store.generation(WakeChannel::ended);
        try {
            const auto job = store.find(id);
            ended = !job || is_end(job->state);
        } catch (const Error&) {
            world_.scheduler.sleep(world_.chance.between(10ms, 300ms));
            continue;
        }
        if (!ended) world_.scheduler.wait_for_channel(WakeChannel::ended, seen, safety_look);
    }
    --present_;
}

}  // namespace errand::sim
