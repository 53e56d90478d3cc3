#pragma once

#include <errand/job.hpp>
#include <errand/job_id.hpp>
#include <errand/time.hpp>

#include <optional>
#include <string>
#include <unordered_map>

namespace errand::sim {

/// Who holds which unique key, as the policies say (I11): the store may refuse an enqueue for the
/// holder alone, and let a job in only while there is none.
class UniqueRule {
public:
    /// None: the key is free at `now`.
    [[nodiscard]] std::optional<JobId> holder(const std::string& key, Timestamp now) const;

    /// A job begins its life with its key, or goes on after its end. False: somebody holds it.
    /// `latest` is the store's clock at its furthest: a hold that ran out may be forgotten, and a
    /// clock that goes back does not bring it back.
    [[nodiscard]] bool takes(const NewJob& job, const JobId& id, Timestamp now, Timestamp latest);
    [[nodiscard]] bool takes_again(const NewJob& job, const JobId& id, Timestamp latest);
    void begins(const NewJob& job, const JobId& id);
    void ends(const NewJob& job, const JobId& id);

private:
    struct Hold {
        JobId id;
        std::optional<Timestamp> until{};
    };
    void release(const std::string& key, const JobId& id);

    std::unordered_map<std::string, Hold> holds_;
};

}  // namespace errand::sim
