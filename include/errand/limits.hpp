#pragma once

#include <errand/time.hpp>

#include <cstddef>
#include <cstdint>

namespace errand {

/// Upper bounds on what one job may hold. What goes beyond one is refused (inputs) or cut with a
/// visible mark (errors, logs). Raise one only where you know why: every store pays for size.
struct Limits {
    std::size_t args_bytes = 1U << 20;  ///< JSON text of the arguments
    std::size_t result_bytes =
        1U << 20;  ///< JSON text of the result; a larger one fails the attempt
    std::size_t meta_bytes = 16U << 10;  ///< JSON text of the meta object
    std::size_t tags = 16;               ///< tags per job
    std::size_t tag_bytes = 128;         ///< bytes per tag
    std::size_t log_bytes = 64U << 10;   ///< log kept per attempt; the middle is cut beyond it
    std::size_t error_message_bytes = 8U << 10;  ///< message of one recorded error; cut beyond it
    std::uint32_t errors_kept = 10;              ///< newest errors kept with a job
    std::uint32_t logs_kept = 10;                ///< logs of the newest attempts kept with a job
    std::uint32_t batch = 10'000;  ///< jobs per insert call; enqueue_many splits for you
};

inline constexpr std::size_t max_type_bytes = 255;
inline constexpr std::size_t max_queue_bytes = 128;
inline constexpr std::size_t max_unique_key_bytes = 255;
inline constexpr std::size_t max_key_bytes = 127;
inline constexpr std::size_t max_paused_by_bytes = 128;
inline constexpr std::uint32_t max_weight = 1'000'000;
inline constexpr std::uint32_t max_max_attempts = 1'000;
/// Between these a priority may lie; higher runs first.
inline constexpr std::int32_t min_priority = -1'000'000;
inline constexpr std::int32_t max_priority = 1'000'000;
/// The longest delay, timeout or wait that is accepted.
inline constexpr Duration max_duration = std::chrono::days{36'500};
/// Points in time lie between these, both included.
inline constexpr Timestamp min_timestamp{};
inline constexpr Timestamp max_timestamp =
    std::chrono::sys_days{std::chrono::January / 1 / 10'000} - Duration{1};
/// How deep arrays and objects may nest in args, meta and results.
inline constexpr std::size_t max_json_depth = 64;

}  // namespace errand
