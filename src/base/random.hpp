#pragma once

#include <cstdint>

namespace errand::base {

/// Where jitter and ids take chance from; tests pass a seeded one. Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    [[nodiscard]] virtual std::uint64_t bits() = 0;
    /// In [0, 1).
    [[nodiscard]] double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
};

/// Seeded by the operating system, never destroyed.
[[nodiscard]] Random& system_random() noexcept;

}  // namespace errand::base
