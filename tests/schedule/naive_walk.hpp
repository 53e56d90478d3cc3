#pragma once

#include <errand/cron.hpp>

#include <cstdint>
#include <ctime>
#include <optional>
#include <set>
#include <string>
#include <vector>

// What a schedule does around a move of the clock, found by looking at every minute.

namespace errand::test {

/// An expression of single values, and whether it is a rhythm.
struct NaiveEntry {
    std::string text;
    std::set<int> minutes;
    std::set<int> hours;
    std::optional<int> day{};    ///< of the month, then also the month is given
    std::optional<int> month{};  ///< 1 to 12
    bool is_rhythm = false;

    [[nodiscard]] bool fits(const std::tm& time) const;
};

/// The minutes around a change of the present LibcZone.
class NaiveWalk {
public:
    /// `change` is a whole minute.
    explicit NaiveWalk(std::int64_t change);

    /// Seconds since 1970: when `entry` happens in [begin(), end()).
    [[nodiscard]] std::vector<std::int64_t> moments(const NaiveEntry& entry, DstRule rule) const;

    [[nodiscard]] std::int64_t begin() const noexcept { return change_ - inner; }
    [[nodiscard]] std::int64_t end() const noexcept { return change_ + inner; }
    /// The local times that are left out or come twice: [first_odd(), last_odd()), as shown.
    [[nodiscard]] std::int64_t first_odd() const noexcept;
    [[nodiscard]] std::int64_t last_odd() const noexcept;

private:
    /// The walk goes further than what is compared, so that its edges do not matter.
    static constexpr std::int64_t inner = 4 * 3600;
    static constexpr std::int64_t outer = 8 * 3600;

    struct Minute {
        std::int64_t utc;
        std::int64_t shown;
        std::tm local;
    };
    [[nodiscard]] std::vector<std::int64_t> of_times_of_day(const NaiveEntry& entry,
                                                            DstRule rule) const;
    [[nodiscard]] std::vector<std::int64_t> of_rhythm(const NaiveEntry& entry) const;

    std::int64_t change_;
    std::vector<Minute> minutes_;
};

}  // namespace errand::test
