#include "client/facts.hpp"

#include <cstdint>
#include <utility>

namespace errand::client {
namespace {

constexpr std::uint32_t most_keys = 1'000;

}  // namespace

core::StoreFacts store_facts(Store& store) {
    core::StoreFacts facts;
    facts.pauses = store.pauses();
    facts.limits = store.limits();
    facts.settings = store.queue_settings();
    for (const auto& key : store.blocked_keys(most_keys))
        facts.blocked[key.queue] += key.blocked;
    facts.workers = store.workers();
    facts.stats = store.stats();
    facts.now = store.now();
    return facts;
}

core::KeyFacts key_facts(Store& store, const Job& job) {
    core::KeyFacts facts;
    if (!job.blocked) return facts;
    facts.view = store.find_key(job.queue, job.key);
    if (!facts.view || facts.view->holders.empty()) return facts;
    if (auto holder = store.find(facts.view->holders.front())) {
        facts.holders.push_back(*std::move(holder));
    }
    return facts;
}

}  // namespace errand::client
