#include "simulation/sim_store.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

/// The oracle's view of a membership: a worker is dead once its session is gone without leaving.
class SimSession final : public WorkerSession {
public:
    SimSession(World& world, Host* host, std::unique_ptr<WorkerSession> real)
        : world_(world), host_(host), real_(std::move(real)) {}
    ~SimSession() override { world_.oracle.died(id()); }
    SimSession(const SimSession&) = delete;
    SimSession& operator=(const SimSession&) = delete;

    [[nodiscard]] WorkerId id() const noexcept override { return real_->id(); }
    void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept override {
        if (host_->killed) return;  // the dead write nothing
        real_->mark(slot, lease, mark);
        world_.oracle.marked(lease, mark);
    }
    void retire() override { real_->retire(); }

private:
    World& world_;
    Host* host_;
    std::unique_ptr<WorkerSession> real_;
};

[[noreturn]] void be_away() {
    throw Error(ErrorCode::store_unavailable, "the simulated store is away");
}

}  // namespace

SimStore::Generations SimStore::generations() const {
    Generations all{};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = world_.store->generation(static_cast<WakeChannel>(i));
    return all;
}

void SimStore::tell_waiters(const Generations& before) {
    const auto hidden = std::exchange(hidden_, {});
    const auto after = generations();
    for (std::size_t i = 0; i < after.size(); ++i) {
        const auto channel = static_cast<WakeChannel>(i);
        if (after[i] != before[i] && channel != hidden) world_.scheduler.channel_changed(channel);
    }
}

void SimStore::die() {
    host_->killed = true;
    throw ProcessDied{};
}

void SimStore::before_call() {
    auto& scheduler = world_.scheduler;
    auto& chance = world_.chance;
    const auto& faults = world_.faults;
    scheduler.check_alive();
    scheduler.sleep(chance.hit(faults.hang) ? chance.between(0us, lease_length * 2)
                                            : chance.between(1us, faults.longest_call));
    if (host_ != nullptr && chance.hit(faults.crash_before)) die();
    if (chance.hit(faults.refused)) be_away();
}

void SimStore::after_call() {
    auto& chance = world_.chance;
    const auto& faults = world_.faults;
    if (host_ != nullptr && chance.hit(faults.crash_after)) die();
    world_.scheduler.sleep(chance.between(1us, faults.longest_call));
    if (chance.hit(faults.lost_answer)) be_away();
}

template <class F>
std::invoke_result_t<F&> SimStore::call(F apply) {
    before_call();
    const auto before = generations();
    auto answer = apply();
    world_.oracle.saw(now());
    tell_waiters(before);
    after_call();
    return answer;
}

std::vector<InsertResult> SimStore::insert(std::span<const NewJob> jobs) {
    if (broken(Mutant::acknowledge_too_early) && world_.chance.hit(0.01)) {
        return {jobs.size(), InsertResult{InsertResult::Kind::inserted, jobs.front().id}};
    }
    return call([&] {
        std::vector<NewJob> given{jobs.begin(), jobs.end()};
        if (broken(Mutant::ignore_unique)) {
            for (auto& job : given)
                job.unique_key.clear();
        }
        auto results = world_.store->insert(given);
        for (std::size_t i = 0; i < results.size(); ++i)
            world_.oracle.inserted(jobs[i], results[i], now());
        if (broken(Mutant::hidden_insert)) hidden_ = WakeChannel::work;
        if (broken(Mutant::hidden_schedule)) hidden_ = WakeChannel::schedule;
        return results;
    });
}

std::unique_ptr<WorkerSession> SimStore::join(const WorkerInfo& info) {
    return std::make_unique<SimSession>(world_, host_, world_.store->join(info));
}

/// A second lease for a job that somebody has already.
void SimStore::steal_a_lease(const ClaimRequest& request, std::vector<Lease>& leases) {
    for (const Job& job : world_.store->list({{JobState::active}, {}, {}, {}}, 1, "").jobs) {
        if (job.queue != request.queues.front().queue || leases.empty()) continue;
        leases.back().ref = {job.id, job.lease_seq, 0};
    }
}

std::vector<Lease> SimStore::claim(const ClaimRequest& request) {
    return call([&] {
        const auto& queue = request.queues.front().queue;
        const bool ignore = broken(Mutant::claim_the_paused) && world_.oracle.is_paused(queue);
        if (ignore) world_.store->set_paused(queue, false);
        auto leases = world_.store->claim(request);
        if (ignore) world_.store->set_paused(queue, true);
        if (broken(Mutant::claim_twice)) steal_a_lease(request, leases);
        for (const auto& lease : leases)
            world_.oracle.claimed(lease, request.worker);
        return leases;
    });
}

Settlement SimStore::spoiled(const Settlement& item) {
    auto given = item;
    const auto& lease = item.lease;
    const auto present = world_.oracle.lease_seq(lease.id);
    const auto attempt = world_.oracle.attempt_of(lease.id, lease.lease_seq);
    const bool same_attempt = attempt == world_.oracle.attempt_of(lease.id, present);
    if (present != 0 && (broken(Mutant::no_fence_on_settle) ||
                         (broken(Mutant::attempt_as_fence) && same_attempt))) {
        given.lease.lease_seq = present;
    }
    if (broken(Mutant::forget_delay)) given.delay = {};
    if (broken(Mutant::blame_nobody) && given.counts_crash) {
        given.counts_crash = false;
        given.to = JobState::available;
    }
    return given;
}

/// Says "recorded" at once, and records only when several have gathered.
std::vector<SettleResult> SimStore::settle_later(std::span<const Settlement> items) {
    constexpr std::size_t enough = 10;
    unsettled_.insert(unsettled_.end(), items.begin(), items.end());
    if (unsettled_.size() >= enough) static_cast<void>(record(std::exchange(unsettled_, {})));
    return {items.size(), SettleResult::ok};
}

std::vector<SettleResult> SimStore::settle(std::span<const Settlement> items) {
    if (broken(Mutant::free_before_flush)) return settle_later(items);
    return record(items);
}

std::vector<SettleResult> SimStore::record(std::span<const Settlement> items) {
    const auto send = [&] {
        std::vector<Settlement> given;
        for (const auto& item : items)
            given.push_back(world_.mutant == Mutant::none ? item : spoiled(item));
        auto results = world_.store->settle(given);
        for (std::size_t i = 0; i < results.size(); ++i)
            world_.oracle.settled(items[i], results[i], now());
        return results;
    };
    if (!broken(Mutant::settle_lost_on_error)) return call(send);
    try {
        return call(send);
    } catch (const Error&) {
        return {items.size(), SettleResult::ok};
    }
}

std::vector<HeartbeatResult> SimStore::heartbeat(std::span<const Heartbeat> items) {
    return call([&] {
        auto results = world_.store->heartbeat(items);
        for (std::size_t i = 0; i < results.size(); ++i)
            world_.oracle.beaten(items[i], results[i], now());
        return results;
    });
}

std::vector<TakenLease> SimStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                    Duration lease) {
    return call([&] {
        if (broken(Mutant::refresh_before_look)) return std::vector<TakenLease>{};
        auto taken = world_.store->take_over_expired(worker, max, lease);
        for (auto& one : taken) {
            const auto true_mark = one.mark;
            if (broken(Mutant::blame_the_unstarted) && one.mark == RunMark::claimed) {
                one.mark = RunMark::started;
            }
            auto told = one;
            told.mark = true_mark;
            world_.oracle.taken_over(told, worker, now());
        }
        if (broken(Mutant::rescue_without_settle)) taken.clear();
        return taken;
    });
}

Promotion SimStore::promote_due(std::uint32_t max) {
    return call([&] {
        const auto early = broken(Mutant::promote_early) ? 200ms : 0ms;
        world_.store_clock.step(early);
        auto promotion = world_.store->promote_due(max);
        world_.store_clock.step(-early);
        return promotion;
    });
}

std::optional<std::string> SimStore::find_effect(const JobId& id, std::string_view key) {
    return call([&] { return world_.store->find_effect(id, key); });
}

bool SimStore::record_effect(const LeaseRef& lease, std::string_view key, std::string_view value) {
    return call([&] { return world_.store->record_effect(lease, key, value); });
}

std::vector<ControlResult> SimStore::cancel(std::span<const JobId> ids) {
    return call([&] {
        std::vector<ControlResult> results;
        for (const auto& id : ids) {
            const bool forget = broken(Mutant::forget_cancel) && world_.oracle.lease_seq(id) != 0;
            results.push_back(forget ? ControlResult::requested
                                     : world_.store->cancel({&id, 1}).front());
            world_.oracle.cancelled(id, results.back(), now());
        }
        return results;
    });
}

std::vector<ControlResult> SimStore::retry(std::span<const JobId> ids) {
    return call([&] {
        auto results = world_.store->retry(ids);
        for (std::size_t i = 0; i < results.size(); ++i)
            world_.oracle.retried(ids[i], results[i], now());
        return results;
    });
}

std::vector<ControlResult> SimStore::remove(std::span<const JobId> ids) {
    return call([&] {
        auto results = world_.store->remove(ids);
        for (std::size_t i = 0; i < results.size(); ++i)
            world_.oracle.removed(ids[i], results[i]);
        return results;
    });
}

void SimStore::set_paused(const Scope& scope, bool paused, std::string_view by) {
    static_cast<void>(call([&] {
        world_.store->set_paused(scope, paused, by);
        world_.oracle.paused(scope.name, paused);
        if (broken(Mutant::hidden_unpause) && !paused) hidden_ = WakeChannel::work;
        return true;
    }));
}

void SimStore::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    static_cast<void>(call([&] {
        world_.store->set_queue_settings(queue, settings);
        return true;
    }));
}

void SimStore::set_limit(const Limit& limit) {
    static_cast<void>(call([&] {
        world_.store->set_limit(limit);
        return true;
    }));
}

std::uint32_t SimStore::unblock_key(std::string_view queue, std::string_view key) {
    return call([&] { return world_.store->unblock_key(queue, key); });
}

void SimStore::prune_a_living_job() {
    const auto page = world_.store->list({{JobState::available}, {}, {}, {}}, 1, "");
    if (!page.jobs.empty()) static_cast<void>(world_.store->remove({&page.jobs.front().id, 1}));
}

std::uint32_t SimStore::prune(const Retention& retention, std::uint32_t max) {
    return call([&] {
        if (broken(Mutant::prune_the_living)) prune_a_living_job();
        return world_.store->prune(retention, max);
    });
}

}  // namespace errand::sim
