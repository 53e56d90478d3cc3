#pragma once

#include <span>
#include <string_view>

namespace errand::core {

/// What one field of a cron expression may hold.
struct CronField {
    std::string_view name;  ///< for messages: "minute"
    unsigned least;
    unsigned most;
    std::span<const std::string_view>
        names;  ///< of `least`, `least` + 1 …; in capitals; may be none
    bool may_be_question_mark = false;

    [[nodiscard]] unsigned size() const noexcept { return most - least + 1; }
};

namespace cron_fields {

inline constexpr std::string_view month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
inline constexpr std::string_view weekday_names[] = {"SUN", "MON", "TUE", "WED",
                                                     "THU", "FRI", "SAT"};

inline constexpr CronField second{"second", 0, 59, {}};
inline constexpr CronField minute{"minute", 0, 59, {}};
inline constexpr CronField hour{"hour", 0, 23, {}};
inline constexpr CronField day{"day", 1, 31, {}, true};
inline constexpr CronField month{"month", 1, 12, month_names};
inline constexpr CronField weekday{"weekday", 0, 6, weekday_names, true};

}  // namespace cron_fields
}  // namespace errand::core
