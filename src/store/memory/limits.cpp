#include "store/memory/memory_store.hpp"

#include <algorithm>

namespace errand::memory {

namespace {

constexpr std::size_t most_holders = 10;

LimitView view_of(const LimitState& state, const JobTable::Leases& leases, Timestamp now) {
    LimitView view;
    view.limit = state.limit;
    view.opens_at = state.opens_at;
    if (state.limit.rate) view.available = state.rate.available(*state.limit.rate, now);
    core::show(view, state.memory, state.zone.get(), now);
    if (!state.counts_leases()) return view;
    std::vector<const Record*> held;
    std::ranges::copy_if(leases, std::back_inserter(held),
                         [&](const Record* lease) { return holds(state.limit.scope, lease->job); });
    std::ranges::sort(held, {}, &Record::seq);
    view.held = static_cast<std::uint32_t>(held.size());
    if (held.size() > most_holders) held.resize(most_holders);
    for (const Record* const lease : held)
        view.holders.push_back(lease->job.id);
    return view;
}

}  // namespace

void MemoryStore::set_limit(const Limit& limit) {
    core::validate(limit);
    const std::lock_guard lock{mutex_};
    limits_.set(limit);
    tell_apart(limit.scope);
    wake(WakeChannel::work);
    wake(WakeChannel::control);
}

std::vector<LimitView> MemoryStore::limits() {
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    std::vector<LimitView> views;
    for (const auto& [scope, state] : limits_.all())
        views.push_back(view_of(state, jobs_.leases(), now));
    return views;
}

}  // namespace errand::memory
