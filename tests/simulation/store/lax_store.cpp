#include "simulation/store/lax_store.hpp"

#include "simulation/oracle/oracle.hpp"

#include <string>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

LaxStore::LaxStore(std::shared_ptr<Store> inner, Mutant mutant, const Oracle& oracle)
    : test::ForwardingStore(std::move(inner)), mutant_(mutant), oracle_(oracle) {
    if (!is(Mutant::fifo_overlap)) return;
    for (const auto* const queue : {"a", "b"})
        set_queue_settings(queue, {});
}

std::uint32_t LaxStore::generation(WakeChannel channel) noexcept {
    const auto present = inner().generation(channel);
    return channel == WakeChannel::work ? present - hidden_ : present;
}

/// Nobody hears of what has changed since.
void LaxStore::hide(std::uint32_t before) {
    hidden_ += inner().generation(WakeChannel::work) - before;
}

void LaxStore::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    auto given = settings;
    if (is(Mutant::fifo_overlap) && given.key_concurrency == 1) given.key_concurrency = 2;
    if (is(Mutant::starvation)) given.aging = {};
    if (is(Mutant::unweighted)) given.key_weights.clear();
    if (is(Mutant::stack_as_line) && given.order == QueueOrder::lifo) {
        given.order = QueueOrder::fifo;
    }
    inner().set_queue_settings(queue, given);
}

void LaxStore::set_limit(const Limit& limit) {
    auto given = limit;
    if (is(Mutant::one_permit_more) && given.concurrency) ++*given.concurrency;
    if (is(Mutant::open_too_short) && given.breaker) given.breaker->open_for = 1s;
    if (is(Mutant::any_hour)) given.window.reset();
    if (is(Mutant::window_in_utc) && given.window) given.window->timezone = "UTC";
    inner().set_limit(given);
    if (is(Mutant::last_limit_only)) enforce_only(limit.scope);
}

/// Says what was set and little more, so that what it does gives it away.
std::vector<LimitView> LaxStore::limits() {
    std::vector<LimitView> views;
    const auto shown = inner().limits();
    for (const auto& limit : oracle_.limits()) {
        views.emplace_back().limit = limit;
        for (const auto& view : shown)
            if (view.limit.scope == limit.scope) {
                views.back().held = view.held;
                views.back().failures = view.failures;
                views.back().broken_until = view.broken_until;
                if (is(Mutant::open_too_short) && view.broken_until) {
                    *views.back().broken_until += limit.breaker->open_for - 1s;
                }
            }
    }
    return views;
}

void LaxStore::enforce_only(const Scope& scope) {
    for (const auto& limit : oracle_.limits())
        if (limit.scope != scope) inner().set_limit(Limit{limit.scope});
}

/// A rate counts from zero at the edges of fixed spans, not in every span.
void LaxStore::begin_spans() {
    const auto now = inner().now().time_since_epoch();
    for (const auto& limit : oracle_.limits()) {
        if (!limit.rate) continue;
        const auto span = now / limit.rate->per;
        if (std::exchange(spans_[limit.scope], span) == span) continue;
        inner().set_limit(Limit{limit.scope});
        inner().set_limit(limit);
    }
}

std::vector<Lease> LaxStore::claim(const ClaimRequest& request) {
    if (is(Mutant::rate_edge)) begin_spans();
    auto leases = inner().claim(request);
    if (is(Mutant::two_probes) && !leases.empty()) let_another_try(request, leases);
    return leases;
}

/// Whoever tries is not alone.
void LaxStore::let_another_try(const ClaimRequest& request, std::vector<Lease>& leases) {
    for (const auto& view : inner().limits()) {
        if (!view.broken_until || *view.broken_until > inner().now()) continue;
        auto without = view.limit;
        without.breaker.reset();
        inner().set_limit(without);
        auto more = inner().claim(request);
        inner().set_limit(view.limit);
        leases.insert(leases.end(), more.begin(), more.end());
    }
}

std::vector<SettleResult> LaxStore::settle(std::span<const Settlement> items) {
    const auto before = inner().generation(WakeChannel::work);
    std::vector<Settlement> given{items.begin(), items.end()};
    for (auto& item : given) {
        const bool good = item.target == TargetHealth::good;
        if (is(Mutant::breaker_never_closes) && good) item.target = TargetHealth::unknown;
        if (is(Mutant::no_rest)) item.slow_down.reset();
    }
    auto results = inner().settle(given);
    if (is(Mutant::hidden_turn)) hide(before);
    for (const auto& item : items) {
        const auto* const job = oracle_.asked(item.lease.id);
        if (!is(Mutant::turn_given_up) || job == nullptr || job->key.empty()) continue;
        if (item.to == JobState::retryable) {
            static_cast<void>(inner().unblock_key(job->queue, job->key));
        }
    }
    return results;
}

/// One permit of each limit that holds the job is never given back.
void LaxStore::leak_permits(const Lease& lease) {
    for (auto limit : oracle_.limits()) {
        const auto& scope = limit.scope;
        if (!limit.concurrency || !holds(scope, lease.queue, lease.type, lease.key)) continue;
        const auto leaked = ++leaked_[scope];
        if (leaked >= *limit.concurrency) {
            inner().set_paused(scope, true, {});
        } else {
            *limit.concurrency -= leaked;
            inner().set_limit(limit);
        }
    }
}

std::vector<TakenLease> LaxStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                    Duration lease) {
    auto taken = inner().take_over_expired(worker, max, lease);
    for (const auto& one : taken) {
        if (!one.worker_died) continue;
        if (is(Mutant::permit_leak_after_crash)) leak_permits(one.lease);
        // Its turn stays with the dead: nobody of its key is served any more.
        if (is(Mutant::turn_lost_at_crash) && !one.lease.key.empty()) {
            inner().set_paused(Scope::key(one.lease.key), true, {});
        }
    }
    return taken;
}

std::vector<ScheduleView> LaxStore::schedules_after(std::uint64_t version, std::uint32_t max) {
    auto views = inner().schedules_after(version, max);
    for (auto& view : views) {
        auto& jitter = view.definition.spec.jitter;
        if (is(Mutant::hurried_jitter)) jitter = {};
        if (is(Mutant::other_jitter)) jitter *= 10;
        if (is(Mutant::exclusions_ignored)) view.definition.spec.exclusions.clear();
        if (is(Mutant::missed_too_soon)) view.definition.spec.misfire_after = 1ms;
    }
    return views;
}

ScheduleChange LaxStore::put_schedule(const ScheduleDefinition& definition, std::string_view by) {
    auto given = definition;
    if (is(Mutant::armed_unrehearsed)) given.require_rehearsal = false;
    return inner().put_schedule(given, by);
}

/// Ticks that somebody else dealt with, or a backfill finds made, make their jobs once more.
std::vector<FireResult> LaxStore::fire(std::span<const FireRequest> requests) {
    std::vector<FireRequest> given{requests.begin(), requests.end()};
    for (auto& request : given)
        if (is(Mutant::overlap_ignored)) request.overlap = OverlapPolicy::allow;
    auto results = inner().fire(given);
    for (std::size_t i = 0; i < results.size() && is(Mutant::backfill_twice); ++i) {
        if (requests[i].kind != FireKind::backfill) continue;
        if (results[i].kind != FireResult::Kind::recorded) continue;
        if (requests[i].overlap == OverlapPolicy::skip) continue;  // not what it is about
        results[i].jobs.clear();
        for (const auto& tick : requests[i].ticks) {
            static_cast<void>(inner().insert({&tick.job, 1}));
            results[i].jobs.push_back(tick.job.id);
        }
    }
    for (std::size_t i = 0; i < results.size() && is(Mutant::double_tick); ++i) {
        auto& result = results[i];
        const bool came_late =
            result.kind == FireResult::Kind::stale && result.revision == requests[i].revision;
        if (!came_late) continue;
        for (const auto& tick : requests[i].ticks) {
            static_cast<void>(inner().insert({&tick.job, 1}));
            result.jobs.push_back(tick.job.id);
        }
        result.kind = FireResult::Kind::recorded;
        result.last_tick = requests[i].last_tick;
    }
    return results;
}

Promotion LaxStore::promote_due(std::uint32_t max) {
    const auto before = inner().generation(WakeChannel::work);
    auto promotion = inner().promote_due(max);
    if (is(Mutant::hidden_opening) && promotion.promoted == 0) hide(before);
    return promotion;
}

}  // namespace errand::sim
