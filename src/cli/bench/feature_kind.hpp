#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace errand::cli::bench {

/// What jobs are processed with, to see what it costs.
enum class FeatureKind : std::uint8_t { concurrency, rate, keys, fair, groups, chains };

struct FeatureKindText {
    FeatureKind kind;
    std::string_view name;   ///< in JSON: feature_NAME_per_s
    std::string_view title;  ///< after "process with"
};

inline constexpr std::array feature_kinds{
    FeatureKindText{FeatureKind::concurrency, "concurrency", "a global concurrency limit"},
    FeatureKindText{FeatureKind::rate, "rate", "a rate limit that does not bind"},
    FeatureKindText{FeatureKind::keys, "keys", "10,000 ordering keys"},
    FeatureKindText{FeatureKind::fair, "fair", "fair share between 1,000 tenants"},
    FeatureKindText{FeatureKind::groups, "groups", "workflows, groups of 1,000"},
    FeatureKindText{FeatureKind::chains, "chains", "workflows, chains of 10"},
};

}  // namespace errand::cli::bench
