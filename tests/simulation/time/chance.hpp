#pragma once

#include "base/random.hpp"

#include <errand/job_id.hpp>
#include <errand/time.hpp>

#include <cstdint>

namespace errand::sim {

/// All chance of a simulation, from one seed: the same seed gives the same life. SplitMix64
/// (Steele, Lea, Flood 2014).
class Chance final : public base::Random {
public:
    explicit Chance(std::uint64_t seed) : state_(seed * 0x9e37'79b9'7f4a'7c15U + 1) {}

    [[nodiscard]] std::uint64_t bits() override {
        state_ += 0x9e37'79b9'7f4a'7c15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9U;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebU;
        return z ^ (z >> 31);
    }
    /// In [0, bound).
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return bits() % bound; }
    [[nodiscard]] bool hit(double probability) { return unit() < probability; }
    /// Evenly between the two.
    [[nodiscard]] Duration between(Duration shortest, Duration longest) {
        const auto span = static_cast<std::uint64_t>((longest - shortest).count()) + 1;
        return shortest + Duration{static_cast<Duration::rep>(below(span))};
    }
    [[nodiscard]] JobId job_id() {
        JobId id;
        for (auto& byte : id.bytes)
            byte = static_cast<std::uint8_t>(bits());
        return id;
    }

private:
    std::uint64_t state_;
};

}  // namespace errand::sim
