#pragma once

#include <errand/time.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace errand {

/// The name of a job for its whole life: a UUIDv7 (RFC 9562), so ids sort by time of creation.
/// The all-zero id is the default value and means "none given"; no job has it.
struct JobId {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] bool is_nil() const noexcept { return bytes == decltype(bytes){}; }
    auto operator<=>(const JobId&) const = default;

    /// Any UUID in the 8-4-4-4-12 form, upper or lower case; empty result for other text.
    [[nodiscard]] static std::optional<JobId> parse(std::string_view text) noexcept;
};

/// Lower-case 8-4-4-4-12 form, 36 characters.
[[nodiscard]] std::string to_string(const JobId& id);

/// A new id that sorts after every id made before in this process, also when the clock steps back.
/// Thread-safe.
[[nodiscard]] JobId new_job_id();

}  // namespace errand

template <>
struct std::hash<errand::JobId> {
    std::size_t operator()(const errand::JobId& id) const noexcept;
};
