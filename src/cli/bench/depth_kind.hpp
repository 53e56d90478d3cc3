#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace errand::cli::bench {

/// What else a store holds while jobs are processed in it.
enum class DepthKind : std::uint8_t { waiting, scheduled, finished, queues, priorities, mingled };

struct DepthKindText {
    DepthKind kind;
    std::string_view name;   ///< in JSON: depth_NAME_per_s
    std::string_view title;  ///< after the number of jobs
};

inline constexpr std::array depth_kinds{
    DepthKindText{DepthKind::waiting, "waiting", "waiting in the same line"},
    DepthKindText{DepthKind::scheduled, "scheduled", "scheduled for later"},
    DepthKindText{DepthKind::finished, "finished", "finished"},
    DepthKindText{DepthKind::queues, "queues", "waiting in 999 other queues"},
    DepthKindText{DepthKind::priorities, "priorities", "waiting, of 1,000 priorities"},
    DepthKindText{DepthKind::mingled, "mingled", "waiting, priorities dealt one by one"},
};

}  // namespace errand::cli::bench
