#pragma once

#include <errand/cron.hpp>
#include <errand/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// When a schedule makes jobs. Each moment at which it does is a tick; the tick names the job, so
// that every process which knows the schedule means the same one.

namespace errand {

/// A tick every `length`, the first one at the schedule's start. Without a start they are counted
/// from 1970-01-01T00:00:00Z, so that every 15 minutes means at 00, 15, 30 and 45.
struct Interval {
    Duration length;  ///< 1 s to 36,500 days
    bool operator==(const Interval&) const = default;
};

/// A single tick.
struct OneTime {
    Timestamp at;
    bool operator==(const OneTime&) const = default;
};

using ScheduleTiming = std::variant<CronExpression, Interval, OneTime>;

/// Days of the calendar, both included.
struct DateRange {
    std::chrono::year_month_day first;
    std::chrono::year_month_day last;
    bool operator==(const DateRange&) const = default;
};

/// What becomes of ticks whose time passed while nobody could fire them.
enum class MisfirePolicy : std::uint8_t {
    skip,    ///< nothing: the schedule goes on with the next tick
    latest,  ///< the last of them fires, unless one that is not late fires anyway
    all,     ///< each of them fires, the oldest first
};

/// What becomes of a tick while the job of an earlier tick is unfinished.
enum class OverlapPolicy : std::uint8_t {
    allow,            ///< it makes its job
    skip,             ///< it makes none
    queue,            ///< its job waits until the earlier one has ended
    cancel_previous,  ///< it makes its job, and the earlier one is cancelled
};

/// When a schedule ticks, and what it does about ticks that come at a bad time. A value; what the
/// ticks make is not part of it.
struct ScheduleSpec {
    ScheduleTiming timing;

    // --- the calendar ---
    /// The IANA zone in which a cron expression is read, and dates are meant.
    std::string timezone = "UTC";
    DstRule dst = DstRule::vixie;
    std::optional<Timestamp> start{};  ///< no tick before it; not with OneTime
    std::optional<Timestamp> end{};    ///< no tick after it; not with OneTime
    /// A tick on one of these dates does not fire. The date is the one that the zone's calendar
    /// shows at the tick.
    std::vector<DateRange> exclusions{};

    // --- in operation ---
    /// A tick fires up to this much late, and always before the next one: by whole milliseconds
    /// that follow from the schedule's name and the tick, the same in every process. For many
    /// schedules that would all fire at once.
    Duration jitter{};
    MisfirePolicy misfire = MisfirePolicy::latest;
    /// A tick that has not fired this long after its time has missed it: the misfire policy
    /// decides.
    Duration misfire_after = std::chrono::minutes{1};
    /// What is later than this does not fire under any policy.
    Duration catchup_window = std::chrono::days{7};
    OverlapPolicy overlap = OverlapPolicy::allow;

    static constexpr std::size_t max_exclusions = 10'000;

    bool operator==(const ScheduleSpec&) const = default;
};

/// One JSON object of one line with every field that is set:
///   {"cron":"0 2 * * *","timezone":"Europe/Berlin","dst":"vixie","exclusions":["2026-12-24"],…}
/// Instead of "cron" there is "every" ("15m") or "at". Equal specs have the same text.
[[nodiscard]] std::string to_json_text(const ScheduleSpec& spec);

/// Reads that form; what is left out has its default, and "cron" may be a whole line with "@every"
/// and "CRON_TZ=". Throws Error (invalid_argument) for an unknown member, with the nearest name,
/// and for every value that is out of bounds, naming it. Whether there is such a time zone is not
/// known here.
[[nodiscard]] ScheduleSpec parse_schedule_spec(std::string_view json);

[[nodiscard]] std::string_view to_string(MisfirePolicy policy) noexcept;
[[nodiscard]] std::string_view to_string(OverlapPolicy policy) noexcept;
/// These throw Error (invalid_argument) with the valid names.
[[nodiscard]] MisfirePolicy parse_misfire_policy(std::string_view text);
[[nodiscard]] OverlapPolicy parse_overlap_policy(std::string_view text);

/// Why a tick did not fire.
enum class SkipReason : std::uint8_t {
    excluded,    ///< its date is one of the exclusions
    missed,      ///< its time passed unused, and the misfire policy is skip
    superseded,  ///< its time passed unused, and a later tick fires for it
    too_late,    ///< its time passed unused, longer ago than the catch-up window
    overlap,     ///< the job of an earlier tick was unfinished, and the overlap policy is skip
};
[[nodiscard]] std::string_view to_string(SkipReason reason) noexcept;

/// Neighbouring ticks that do not fire, for one reason.
struct SkippedTicks {
    Timestamp first;
    Timestamp last;
    std::uint64_t count = 0;
    bool is_counted = true;  ///< false: there are more between the two than `count`
    SkipReason reason = SkipReason::excluded;
};

/// What is odd about a tick.
enum class TickMark : std::uint8_t {
    none,
    moved,          ///< its local time does not exist on that day; it fires right after the gap
    first_of_two,   ///< its local time comes twice on that day, and this is the first
    second_of_two,  ///< the second of two, which only a rhythm has
    left_out,       ///< its local time does not exist on that day; it does not fire
    excluded,       ///< its date is one of the exclusions; it does not fire
};
[[nodiscard]] std::string_view to_string(TickMark mark) noexcept;

/// A tick in a preview.
struct UpcomingTick {
    Timestamp tick;     ///< for one that is left out: when the clock is moved
    Timestamp fire_at;  ///< the tick and its jitter
    TickMark mark = TickMark::none;
    /// The local time that the schedule names (in UTC under DstRule::utc). The clock does not show
    /// it for `moved` and `left_out`.
    std::chrono::local_seconds named;
    std::chrono::seconds utc_offset{};  ///< of the zone at the tick
    std::string abbreviation;           ///< of the zone at the tick: "CEST"

    [[nodiscard]] bool fires() const noexcept {
        return mark != TickMark::left_out && mark != TickMark::excluded;
    }
};

/// The next `count` ticks that fire after `from`, and between them those that do not (at most
/// `count`), all in order. Fewer when the schedule ends. Reads the zone from this machine's time
/// zone files. Throws Error (invalid_argument) for an unknown zone and whatever
/// parse_schedule_spec() refuses. `name` is the schedule's, for the jitter.
[[nodiscard]] std::vector<UpcomingTick> upcoming(const ScheduleSpec& spec, Timestamp from,
                                                 std::size_t count, std::string_view name = {});

}  // namespace errand
