#include "client/facts.hpp"

#include <utility>

namespace errand::client {

core::StoreFacts store_facts(Store& store) {
    core::StoreFacts facts;
    facts.pauses = store.pauses();
    facts.limits = store.limits();
    facts.settings = store.queue_settings();
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
