#include "client/facts.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

namespace errand::client {
namespace {

constexpr std::uint32_t most_keys = 1'000;
constexpr std::uint32_t jobs_per_page = 10'000;

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

core::WorkflowFacts workflow_facts(Store& store, const Job& job) {
    core::WorkflowFacts facts;
    if (job.state != JobState::pending || !job.workflow) return facts;
    if (const auto view = store.find_workflow(*job.workflow)) facts.name = view->name;
    std::vector<WorkflowJobView> jobs;
    std::uint64_t from = 0;
    do {
        auto page = store.workflow_jobs(*job.workflow, from, jobs_per_page);
        std::ranges::move(page.jobs, std::back_inserter(jobs));
        from = page.next;
    } while (from != 0);
    const auto own = std::ranges::find(jobs, job.id, &WorkflowJobView::id);
    if (own == jobs.end()) return facts;
    std::map<std::string_view, const WorkflowJobView*> by_name;
    for (const auto& other : jobs)
        by_name.emplace(other.name, &other);
    for (const auto& edge : own->after) {
        const auto parent = by_name.find(edge.parent);
        if (parent == by_name.end()) continue;
        facts.parents.push_back({edge.parent, parent->second->id, parent->second->state});
    }
    return facts;
}

}  // namespace errand::client
