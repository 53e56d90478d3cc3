#include "simulation/oracle/unique_rule.hpp"

namespace errand::sim {

std::optional<JobId> UniqueRule::holder(const std::string& key, Timestamp now) const {
    const auto found = holds_.find(key);
    if (found == holds_.end()) return std::nullopt;
    const auto& [id, until] = found->second;
    return until && *until <= now ? std::nullopt : std::optional{id};
}

bool UniqueRule::takes(const NewJob& job, const JobId& id, Timestamp now, Timestamp latest) {
    if (job.unique_key.empty()) return true;
    const bool free = !holder(job.unique_key, latest);
    Hold hold{id};
    if (job.unique.hold == UniqueFor::period) hold.until = now + job.unique.period;
    holds_.insert_or_assign(job.unique_key, hold);
    return free;
}

bool UniqueRule::takes_again(const NewJob& job, const JobId& id, Timestamp latest) {
    const bool by_period = job.unique.hold == UniqueFor::period;  // which counts from the enqueue
    return by_period || takes(job, id, latest, latest);
}

void UniqueRule::begins(const NewJob& job, const JobId& id) {
    if (job.unique.hold == UniqueFor::waiting) release(job.unique_key, id);
}

void UniqueRule::ends(const NewJob& job, const JobId& id) {
    if (job.unique.hold != UniqueFor::period) release(job.unique_key, id);
}

void UniqueRule::release(const std::string& key, const JobId& id) {
    const auto found = holds_.find(key);
    if (found != holds_.end() && found->second.id == id && !found->second.until) {
        holds_.erase(found);
    }
}

}  // namespace errand::sim
