#include "simulation/order_check.hpp"
#include "simulation/simulation_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

// What is looked at when a life has healed and nothing disturbs.

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t remove_at_once = 1'000;
constexpr std::uint32_t bursts = 10;

}  // namespace

void Simulation::expect_prompt(const JobId& id, Timestamp since, std::string_view after) {
    const auto until = since + prompt;
    while (!world_.oracle.ended(id) && world_.scheduler.now() <= until)
        step();
    if (!world_.oracle.ended(id)) {
        throw Violation(fmt::format("I15: a job was not done within {} after {}",
                                    format_duration(prompt), after));
    }
}

void Simulation::expect_all_prompt(const std::vector<NewJob>& jobs, Timestamp since,
                                   std::string_view after) {
    for (const auto& job : jobs)
        expect_prompt(job.id, since, after);
}

NewJob Simulation::new_job(std::string queue) {
    NewJob job;
    job.id = world_.chance.job_id();
    job.type = "script";
    job.queue = std::move(queue);
    return job;
}

void Simulation::insert_all(const std::vector<NewJob>& jobs) {
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.insert(jobs)); });
}

JobId Simulation::insert(std::string queue, Duration delay, std::string args) {
    auto job = new_job(std::move(queue));
    job.delay = delay;
    job.args = std::move(args);
    run_task([&] {
        FaultStore store{world_, nullptr};
        static_cast<void>(store.insert({&job, 1}));
    });
    return job.id;
}

/// Every way in which work appears or is called off is noticed at once, not by the next look.
void Simulation::check_wake_ups() {
    const auto now = [this] { return world_.scheduler.now(); };
    expect_prompt(insert("a", {}), now(), "it was inserted");
    expect_prompt(insert("a", 300ms), now() + 300ms, "it was due");

    run_task([this] { FaultStore{world_, nullptr}.set_paused("b", true); });
    const auto waiting = insert("b", {});
    step_until(now() + 50ms);
    run_task([this] { FaultStore{world_, nullptr}.set_paused("b", false); });
    expect_prompt(waiting, now(), "its queue went on");

    for (std::uint32_t i = 0; i < bursts; ++i) {
        const auto first = insert("a", {});
        step_until(now() + world_.chance.between(0us, 1ms));
        const auto second = insert("a", {});  // while the claimers are at the first
        expect_prompt(first, now(), "it was inserted first");
        expect_prompt(second, now(), "it was inserted while others were claimed");
    }

    const auto endless = insert("a", {}, "[\"endless\"]");
    step_until(now() + prompt);
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.cancel({&endless, 1})); });
    expect_prompt(endless, now(), "it was cancelled");
    check_turns();
    check_limits();
    check_breaker();
}

/// Jobs of which each must wait for the one before.
void Simulation::check_turns() {
    constexpr std::uint32_t count = 4;
    QueueSettings one_by_one;
    run_task([&] { FaultStore{world_, nullptr}.set_queue_settings("a", one_by_one); });
    std::vector<NewJob> jobs(count);
    for (auto& job : jobs) {
        job = new_job("a");
        job.key = "one by one";
    }
    insert_all(jobs);
    expect_all_prompt(jobs, world_.scheduler.now(), "its key's turn came to it");
}

/// Room under a limit is noticed as well: when a lease ends, when a rate opens, when a limit goes.
void Simulation::check_limits() {
    const auto set = [this](const Limit& limit) {
        run_task([&] { FaultStore{world_, nullptr}.set_limit(limit); });
    };
    const auto now = [this] { return world_.scheduler.now(); };
    std::vector<NewJob> jobs(4);
    const auto renew = [&] { std::ranges::generate(jobs, [this] { return new_job("a"); }); };

    renew();
    set({Scope::queue("a"), 1});
    insert_all(jobs);
    expect_all_prompt(jobs, now(), "there was room under its limit");

    renew();
    Limit rate{Scope::queue("a")};
    rate.rate = Rate{Rate::Kind::window, 2, 200ms};
    set(rate);
    insert_all(jobs);
    expect_all_prompt(jobs, now() + rate.rate->per * 17 / 16, "its rate opened again");

    renew();
    insert_all(jobs);
    set(Limit{Scope::queue("a")});
    expect_all_prompt(jobs, now(), "its limit was lifted");
}

/// When a breaker's time is over somebody tries at once, and all others follow.
void Simulation::check_breaker() {
    const auto set = [this](const Limit& limit) {
        run_task([&] { FaultStore{world_, nullptr}.set_limit(limit); });
    };
    Limit limit{Scope::queue("a")};
    limit.breaker = Breaker{1, 1s};
    set(limit);
    auto failing = new_job("a");
    failing.args = "[\"failing\"]";
    failing.max_attempts = 1;
    insert_all({failing});
    expect_prompt(failing.id, world_.scheduler.now(), "it was inserted to fail");
    std::vector<NewJob> jobs(4);
    std::ranges::generate(jobs, [this] { return new_job("a"); });
    insert_all(jobs);
    expect_all_prompt(jobs, world_.scheduler.now() + 1s, "its breaker let it try");
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.limits()); });
    set(Limit{Scope::queue("a")});
}

void Simulation::set_order(const QueueSettings& settings) {
    run_task([&] { FaultStore{world_, nullptr}.set_queue_settings("b", settings); });
}

/// All of them are there before the first is claimed.
void Simulation::work_off(const std::vector<NewJob>& jobs, std::string_view what) {
    run_task([&] {
        FaultStore store{world_, nullptr};
        store.set_paused("b", true);
        if (!jobs.empty()) static_cast<void>(store.insert(jobs));
        world_.oracle.watch_claims(true);
        store.set_paused("b", false);
    });
    const auto until = world_.scheduler.now() + healing_bound;
    while (world_.oracle.living() > 0 && world_.scheduler.now() < until)
        step();
    if (world_.oracle.living() > 0) {
        throw Violation(fmt::format("I15: jobs of {} have not ended within {}; {}", what,
                                    format_duration(healing_bound), what_is_left()));
    }
    world_.oracle.watch_claims(false);
}

/// Keys that all have work get their shares.
void Simulation::check_shares() {
    constexpr std::uint32_t jobs_of_each = 20;
    QueueSettings settings;
    settings.order = QueueOrder::fair;
    settings.key_concurrency = 0;
    settings.key_weights = {{"x", 1}, {"y", 2}, {"z", 4}};
    set_order(settings);
    std::vector<NewJob> jobs;
    for (const auto& [key, weight] : settings.key_weights) {
        for (std::uint32_t i = 0; i < jobs_of_each; ++i) {
            jobs.push_back(new_job("b"));
            jobs.back().key = key;
        }
    }
    work_off(jobs, "fair shares");
    std::vector<std::string> keys;
    for (const auto& id : world_.oracle.watched_claims())
        keys.push_back(world_.oracle.asked(id)->key);
    const auto wrong = wrong_share(keys, settings.key_weights, jobs_of_each);
    if (!wrong.empty()) throw Violation("I14: " + wrong);
}

/// The lowest class does not wait for ever behind those above it: of whoever comes later than its
/// aging nobody is before it.
void Simulation::check_aging() {
    constexpr std::uint32_t steps = 40;
    QueueSettings settings;
    settings.aging = 100ms;
    set_order(settings);
    std::vector<NewJob> jobs;
    const auto now = world_.store_clock.now();
    for (std::uint32_t i = 0; i < steps; ++i) {
        jobs.push_back(new_job("b"));
        jobs.back().priority = i == 0 ? 0 : 2;
        jobs.back().run_at = now + i * 10ms;
    }
    run_task([&] { FaultStore{world_, nullptr}.set_paused("b", true); });
    insert_all(jobs);
    step_until(world_.scheduler.now() + steps * 10ms + prompt);
    work_off({}, "a queue with aging");
    const auto& claimed = world_.oracle.watched_claims();
    const auto lowest = std::ranges::find(claimed, jobs.front().id) - claimed.begin();
    if (lowest > 20) {
        throw Violation(
            fmt::format("I14: a job waited for {} of a higher class, and aging lets "
                        "only 20 go before it",
                        lowest));
    }
}

/// What is released begins at once, and a cancel of the whole reaches everybody.
void Simulation::check_workflows() {
    constexpr std::size_t length = 5;
    NewWorkflow chain;
    chain.id = world_.chance.job_id();
    for (std::size_t i = 0; i < length; ++i) {
        WorkflowJob job{{}, new_job("a")};
        job.name = to_string(job.job.id);
        if (i > 0) job.after = {{chain.jobs.back().name}};
        chain.jobs.push_back(std::move(job));
    }
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.insert_workflow(chain)); });
    for (const auto& job : chain.jobs)
        expect_prompt(job.job.id, world_.scheduler.now(), "what it comes after had ended");

    auto endless = chain;
    endless.id = world_.chance.job_id();
    for (auto& job : endless.jobs) {
        job.job = new_job("a");
        job.job.args = "[\"endless\"]";
    }
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.insert_workflow(endless)); });
    step_until(world_.scheduler.now() + prompt);
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.cancel_workflow(endless.id)); });
    for (const auto& job : endless.jobs)
        expect_prompt(job.job.id, world_.scheduler.now(), "its workflow was cancelled");
}

void Simulation::read_all_events() {
    if (!clients_.subscriber().is_there()) return;
    run_task([this] {
        FaultStore store{world_, nullptr};
        clients_.subscriber().read(store);
    });
}

/// A deploy in quiet times costs no attempt, and leaves no lease behind.
void Simulation::check_deploy() {
    const auto endless = insert("a", {}, "[\"endless\"]");
    step_until(world_.scheduler.now() + prompt);
    if (!world_.oracle.begun(endless)) throw Violation("I15: a job did not begin in time");
    for (auto& process : processes_) {
        if (process) process->stop();
    }
    step_until(world_.scheduler.now() + 3s);
    const auto job = world_.store->find(endless);
    if (!job || job->interruptions != 1 || job->attempt > 1 || !job->errors.empty()) {
        throw Violation("I7: a deploy was not recorded as an interruption alone");
    }
    run_task([&] { static_cast<void>(FaultStore{world_, nullptr}.cancel({&endless, 1})); });
    expect_prompt(endless, world_.scheduler.now(), "it was cancelled after a deploy");
}

void Simulation::check_removal() {
    std::vector<JobId> all;
    world_.oracle.for_each([&](const JobId& id, const Tale& tale) {
        if (tale.stage != Tale::Stage::removed) all.push_back(id);
    });
    const std::span ids{all};
    for (std::size_t from = 0; from < ids.size(); from += remove_at_once) {
        const auto part = ids.subspan(from, std::min(remove_at_once, ids.size() - from));
        static_cast<void>(world_.store->remove(part));
    }
    world_.oracle.check_empty(*world_.store);
}

}  // namespace errand::sim
