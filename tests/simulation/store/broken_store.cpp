#include "simulation/store/broken_store.hpp"

#include "simulation/oracle/oracle.hpp"
#include "simulation/time/chance.hpp"
#include "simulation/time/sim_clock.hpp"

#include <string>
#include <type_traits>

namespace errand::sim {

using namespace std::chrono_literals;

template <class F>
auto BrokenStore::hide(Mutant mutant, WakeChannel channel, F call) {
    const auto before = inner().generation(channel);
    auto answer = call();
    if (is(mutant)) {
        hidden_[static_cast<std::size_t>(channel)] += inner().generation(channel) - before;
    }
    return answer;
}

std::uint32_t BrokenStore::generation(WakeChannel channel) noexcept {
    return inner().generation(channel) - hidden_[static_cast<std::size_t>(channel)];
}

std::vector<InsertResult> BrokenStore::insert(std::span<const NewJob> jobs) {
    std::vector<NewJob> given{jobs.begin(), jobs.end()};
    if (is(Mutant::acknowledge_too_early) && chance_.hit(0.01)) {
        std::vector<InsertResult> results;
        for (const auto& job : jobs)
            results.push_back({InsertResult::Kind::inserted, job.id});
        return results;
    }
    for (auto& job : given) {
        if (is(Mutant::ignore_unique)) {
            job.unique_key.clear();
            job.unique = {};
        }
        if (is(Mutant::unique_outlives) && job.unique.hold == UniqueFor::unfinished) {
            job.unique.hold = UniqueFor::period;
            job.unique.period = 1h;
        }
    }
    return hide(Mutant::hidden_insert, WakeChannel::work, [&] {
        return hide(Mutant::hidden_schedule, WakeChannel::schedule,
                    [&] { return inner().insert(given); });
    });
}

/// A second lease for a job that somebody has already.
void BrokenStore::steal_a_lease(const ClaimRequest& request, std::vector<Lease>& leases) {
    for (const Job& job : list({{JobState::active}, {}, {}, {}}, 1, "").jobs) {
        if (job.queue != request.queues.front().queue || leases.empty()) continue;
        leases.back().ref = {job.id, job.lease_seq, 0};
    }
}

std::vector<Lease> BrokenStore::claim(const ClaimRequest& request) {
    auto given = request;
    if (is(Mutant::claim_any_type)) given.types = {"script", "novel"};
    if (is(Mutant::claim_any_label)) given.labels = {"eu", "gpu"};
    const auto& queue = request.queues.front().queue;
    const bool ignore = is(Mutant::claim_the_paused) && oracle_.is_paused(Scope::queue(queue));
    if (ignore) inner().set_paused(queue, false);
    auto leases = inner().claim(given);
    if (ignore) inner().set_paused(queue, true);
    if (is(Mutant::claim_twice)) steal_a_lease(request, leases);
    return leases;
}

LeaseRef BrokenStore::present(const LeaseRef& lease) const {
    const auto seq = oracle_.lease_seq(lease.id);
    return seq == 0 ? lease : LeaseRef{lease.id, seq, lease.row};
}

Settlement BrokenStore::spoiled(const Settlement& item) const {
    auto given = item;
    const auto now_valid = present(item.lease);
    const bool same_attempt = oracle_.attempt_of(item.lease.id, item.lease.lease_seq) ==
                              oracle_.attempt_of(item.lease.id, now_valid.lease_seq);
    if (is(Mutant::no_fence_on_settle)) given.lease = now_valid;
    if (is(Mutant::attempt_as_fence) && same_attempt) given.lease = now_valid;
    if (is(Mutant::forget_delay)) given.delay = {};
    if (is(Mutant::forget_result)) given.result.clear();
    if (is(Mutant::count_snooze) && item.to == JobState::scheduled) given.uses_attempt = true;
    if (is(Mutant::free_failures) && item.to == JobState::retryable) given.uses_attempt = false;
    return given;
}

std::vector<SettleResult> BrokenStore::settle(std::span<const Settlement> items) {
    std::vector<Settlement> given;
    given.reserve(items.size());
    for (const auto& item : items)
        given.push_back(spoiled(item));
    return inner().settle(given);
}

std::vector<HeartbeatResult> BrokenStore::heartbeat(std::span<const Heartbeat> items) {
    std::vector<Heartbeat> given{items.begin(), items.end()};
    for (auto& item : given) {
        if (is(Mutant::heartbeat_unfenced)) item.lease = present(item.lease);
    }
    return inner().heartbeat(given);
}

void BrokenStore::renew_leases_of_the_living(Duration lease) {
    const auto workers = inner().workers();
    for (const Job& job : inner().list({{JobState::active}, {}, {}, {}}, 1'000, "").jobs) {
        const Heartbeat renewal{{job.id, job.lease_seq, 0}, lease, {}, {}};
        for (const auto& worker : workers) {
            if (worker.alive && worker.info.name == job.worker) {
                static_cast<void>(inner().heartbeat({&renewal, 1}));
            }
        }
    }
}

std::vector<TakenLease> BrokenStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                       Duration lease) {
    if (is(Mutant::refresh_before_look)) return {};
    if (is(Mutant::rescue_the_dead_only)) renew_leases_of_the_living(lease);
    const auto early = is(Mutant::rescue_early) ? 2s : 0s;
    clock_.step(early);
    auto taken = inner().take_over_expired(worker, max, lease);
    clock_.step(-early);
    for (auto& one : taken) {
        if (is(Mutant::blame_the_unstarted) && one.mark == RunMark::claimed) {
            one.mark = RunMark::started;
        }
    }
    if (is(Mutant::rescue_without_settle)) taken.clear();
    return taken;
}

Promotion BrokenStore::promote_due(std::uint32_t max) {
    const auto early = is(Mutant::promote_early) ? 200ms : 0ms;
    clock_.step(early);
    auto promotion = inner().promote_due(max);
    clock_.step(-early);
    return promotion;
}

std::optional<std::string> BrokenStore::find_effect(const JobId& id, std::string_view key) {
    if (is(Mutant::forget_effect)) return std::nullopt;
    return inner().find_effect(id, key);
}

bool BrokenStore::record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                                EffectWrite write) {
    if (!is(Mutant::effect_unfenced)) return inner().record_effect(lease, key, value, write);
    static_cast<void>(inner().record_effect(present(lease), key, value, write));
    return true;
}

StoreStats BrokenStore::stats() {
    auto stats = inner().stats();
    if (is(Mutant::miscount)) ++stats.states[JobState::completed];
    return stats;
}

std::vector<ControlResult> BrokenStore::cancel(std::span<const JobId> ids) {
    const bool active = oracle_.lease_seq(ids.front()) != 0;
    if (is(Mutant::forget_cancel) && active) return {ids.size(), ControlResult::requested};
    return hide(Mutant::hidden_cancel, WakeChannel::control, [&] { return inner().cancel(ids); });
}

void BrokenStore::set_paused(const Scope& scope, bool paused, std::string_view by) {
    static_cast<void>(hide(Mutant::hidden_unpause, WakeChannel::work, [&] {
        inner().set_paused(scope, paused, by);
        return true;
    }));
}

void BrokenStore::prune_a_living_job() {
    const auto page = list({{JobState::available}, {}, {}, {}}, 1, "");
    if (!page.jobs.empty()) static_cast<void>(inner().remove({&page.jobs.front().id, 1}));
}

std::uint32_t BrokenStore::prune(const Retention& retention, std::uint32_t max) {
    if (is(Mutant::prune_the_living)) prune_a_living_job();
    return inner().prune(retention, max);
}

}  // namespace errand::sim
