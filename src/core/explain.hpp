#pragma once

#include <errand/explain.hpp>
#include <errand/store/types.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// "Why is it not running?", answered from facts. Pure: the client asks the store for them.

namespace errand::core {

/// What is true of the store as a whole.
struct StoreFacts {
    Timestamp now{};
    std::vector<PauseView> pauses{};
    std::vector<LimitView> limits{};
    std::map<std::string, QueueSettings> settings{};
    std::map<std::string, std::uint64_t> blocked{};  ///< jobs that wait for a key, by queue
    std::vector<WorkerView> workers{};
    StoreStats stats{};
};

/// What is true of the job's key.
struct KeyFacts {
    std::optional<KeyView> view{};  ///< none: no key, or nobody has a turn
    std::vector<Job> holders{};     ///< those of its holders that are still there
};

/// A job that a pending one comes after.
struct ParentFact {
    std::string name;
    JobId id;
    JobState state = JobState::available;
};
/// What is true of the workflow of a pending job.
struct WorkflowFacts {
    std::string name{};
    std::vector<ParentFact> parents{};
};

/// The facts come from calls made one after the other, so they may contradict each other a little;
/// the answer is sound all the same.
[[nodiscard]] Explanation explain(const Job& job, const KeyFacts& key, const StoreFacts& store,
                                  const WorkflowFacts& workflow = {});

/// Does the scope hold the job?
[[nodiscard]] bool holds(const Scope& scope, const Job& job);

}  // namespace errand::core
