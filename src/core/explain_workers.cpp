#include "core/explain_workers.hpp"

#include "core/explain_text.hpp"
#include "core/labels.hpp"

#include <errand/error.hpp>
#include <errand/queue_group.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace errand::core {
namespace {

/// The queues and their threads as a worker said them when it joined; what is not understood, as it
/// comes from another version, counts as nothing.
std::vector<QueueGroup> groups_of(const WorkerInfo& info) {
    std::vector<QueueGroup> groups;
    std::string_view rest = info.queues;
    while (!rest.empty()) {
        const auto space = rest.find(' ');
        try {
            groups.push_back(QueueGroup::parse(rest.substr(0, space)));
        } catch (const Error&) {
            return groups;
        }
        if (space == rest.npos) break;
        rest.remove_prefix(space + 1);
    }
    return groups;
}

/// What live workers offer to the jobs of one queue and type.
struct Offer {
    std::size_t alive = 0;               ///< workers
    std::size_t serve_queue = 0;         ///< of these, with the job's queue
    std::size_t have_type = 0;           ///< of these, with a handler for its type
    std::size_t fit = 0;                 ///< of these, with all labels that it needs
    std::size_t full = 0;                ///< of these, with no free slot
    std::uint64_t slots = 0;             ///< of the fit ones, for the job's queue
    std::set<std::string> served{};      ///< queues that anybody serves
    std::set<std::string> labels{};      ///< of those that have a handler for its type
    std::set<std::string> neighbours{};  ///< queues that share those slots, the job's own included
};

void add(Offer& offer, const WorkerView& worker, const Job& job) {
    ++offer.alive;
    bool serves = false;
    std::uint64_t slots = 0;
    std::set<std::string> neighbours;
    for (const auto& group : groups_of(worker.info)) {
        const bool ours = std::ranges::count(group.queues, job.queue, &QueueShare::name) > 0;
        for (const auto& queue : group.queues) {
            offer.served.insert(queue.name);
            if (ours) neighbours.insert(queue.name);
        }
        if (!ours) continue;
        serves = true;
        slots += group.concurrency;
    }
    if (!serves) return;
    ++offer.serve_queue;
    if (std::ranges::count(worker.info.types, job.type) == 0) return;
    ++offer.have_type;
    offer.labels.insert(worker.info.labels.begin(), worker.info.labels.end());
    if (!has_all(worker.info.labels, job.needs)) return;
    ++offer.fit;
    offer.full += worker.leases >= worker.info.slots ? 1 : 0;
    offer.slots += slots;
    offer.neighbours.merge(std::move(neighbours));
}

Offer offer_for(const Job& job, const StoreFacts& store) {
    Offer offer;
    for (const auto& worker : store.workers) {
        if (worker.alive) add(offer, worker, job);
    }
    return offer;
}

std::uint64_t active_in(const std::set<std::string>& queues, const StoreStats& stats) {
    std::uint64_t active = 0;
    for (const auto& queue : queues) {
        const auto found = stats.queues.find(queue);
        if (found != stats.queues.end()) active += found->second.active;
    }
    return active;
}

std::string workers_text(std::size_t count) {
    return count == 1 ? "the one worker" : fmt::format("the {} workers", count);
}

/// None of those that could has all labels. The text names those that it needs and those there are.
ExplainReason lack_of_labels(const Offer& offer, const Job& job) {
    const auto has = offer.labels.empty()
                         ? std::string{"none has any"}
                         : fmt::format("they have: {}", fmt::join(offer.labels, ", "));
    return make_reason(ExplainCode::label_missing,
                       fmt::format("{} with a handler for it lack{} labels that it needs: {}; {}",
                                   workers_text(offer.have_type), offer.have_type == 1 ? "s" : "",
                                   fmt::join(job.needs, ", "), has));
}

std::optional<ExplainReason> lack(const Offer& offer, const Job& job) {
    if (offer.alive == 0) {
        return make_reason(ExplainCode::no_worker,
                           "no worker is alive; start one with errand up or errand work");
    }
    if (offer.serve_queue == 0) {
        return make_reason(ExplainCode::queue_not_served,
                           fmt::format("no live worker serves the queue {}; served are: {}",
                                       job.queue, fmt::join(offer.served, ", ")));
    }
    if (offer.have_type == 0) {
        return make_reason(
            ExplainCode::type_not_handled,
            fmt::format("{} that serve{} the queue {} {} no handler for the type {}",
                        workers_text(offer.serve_queue), offer.serve_queue == 1 ? "s" : "",
                        job.queue, offer.serve_queue == 1 ? "has" : "have", job.type));
    }
    if (offer.fit == 0) return lack_of_labels(offer, job);
    return {};
}

}  // namespace

std::optional<ExplainReason> explain_lack_of_workers(const Job& job, const StoreFacts& store) {
    return lack(offer_for(job, store), job);
}

std::optional<ExplainReason> explain_workers(const Job& job, const StoreFacts& store) {
    const auto offer = offer_for(job, store);
    if (auto missing = lack(offer, job)) return missing;
    const auto active = active_in(offer.neighbours, store.stats);
    if (offer.full < offer.fit && active < offer.slots) return {};
    auto busy = make_reason(
        ExplainCode::workers_busy,
        fmt::format("all {} slots that serve the queue {} are busy", offer.slots, job.queue));
    busy.count = offer.slots;
    return busy;
}

}  // namespace errand::core
