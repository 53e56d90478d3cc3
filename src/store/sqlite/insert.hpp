#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/numbers.hpp"

#include <errand/store/types.hpp>

#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace errand::sqlite {

struct InsertedJobs {
    std::vector<InsertResult> results;
    bool any_available = false;
    bool any_scheduled = false;
};

/// The lane number of (queue, type, key, needs); see Lane.
using LaneOf = std::function<std::int64_t(std::string_view queue, std::string_view type,
                                          std::string_view key, std::string_view needs)>;

/// Adds validated jobs with ids through `writer`, whose write transaction is open.
[[nodiscard]] InsertedJobs insert_jobs(Connection& writer, Numbers& numbers,
                                       std::span<const NewJob> jobs, Timestamp now,
                                       const LaneOf& lane_of);

/// Adds jobs of a workflow, whose ids are free: those that begin as above, the others as pending.
[[nodiscard]] InsertedJobs insert_workflow_jobs(Connection& writer, std::int64_t first_number,
                                                std::span<const NewJob* const> jobs,
                                                const std::vector<bool>& begins, Timestamp now,
                                                const LaneOf& lane_of);

}  // namespace errand::sqlite
