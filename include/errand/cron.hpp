#pragma once

#include <errand/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace errand {

/// A cron expression taken apart: sets of values as bits, bit n for the value n.
struct CronFields {
    std::uint64_t seconds = 1;  ///< 0-59
    std::uint64_t minutes = 0;  ///< 0-59
    std::uint32_t hours = 0;    ///< 0-23
    std::uint32_t days = 0;     ///< 1-31
    std::uint16_t months = 0;   ///< 1-12
    std::uint8_t weekdays = 0;  ///< 0-6, Sunday is 0

    std::uint32_t days_before_last = 0;             ///< L-n; bit 0 is L
    std::uint32_t nearest_weekdays = 0;             ///< nW
    bool last_weekday_of_month = false;             ///< LW
    std::uint8_t last_of_weekdays = 0;              ///< nL
    std::array<std::uint8_t, 5> nth_of_weekdays{};  ///< n#k stands in place k-1

    /// For a field that begins with `*`, the step after it (1: none); 0 for all other fields.
    struct Stars {
        std::uint8_t second = 0, minute = 0, hour = 0, day = 0, month = 0, weekday = 0;
        bool operator==(const Stars&) const = default;
    } stars;

    /// Whether second, minute or hour begins with `*`: such an expression means a rhythm, any other
    /// one times of the day. DstRule treats the two differently.
    [[nodiscard]] constexpr bool is_rhythm() const noexcept {
        return stars.second != 0 || stars.minute != 0 || stars.hour != 0;
    }
    bool operator==(const CronFields&) const = default;
};

/// When something happens again and again, by the calendar and the clock:
///
///   minute hour day month weekday           "30 2 * * MON-FRI"
///   second minute hour day month weekday    "0 30 2 * * 1-5"
///
/// A field is a list of `a`, `a-b`, each also with a step (`a-b/n`; `a/n` goes on to the field's
/// end), or begins with `*` or `*/n`. Months and weekdays have names (JAN, SUN; case does not
/// matter), Sunday is 0 or 7. For the day also: `L` the last one, `L-3` three days before it, `LW`
/// the last one from Monday to Friday, `15W` the one of those nearest to the 15th in its month. For
/// the weekday also: `5L` the last Friday, `5#2` the second Friday. `?` stands for `*` in both.
///
/// When day and weekday are both restricted (neither begins with `*` or `?`), one of the two is
/// enough; otherwise both must fit.
///
/// @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly stand for expressions.
///
/// A value; equal values have the same text.
class CronExpression {
public:
    static constexpr std::size_t max_bytes = 512;

    /// Throws Error (invalid_argument) that names the field, the value, its place and the remedy;
    /// also for an expression that never fits, such as February 30.
    [[nodiscard]] static CronExpression parse(std::string_view text);

    [[nodiscard]] const CronFields& fields() const noexcept { return fields_; }
    bool operator==(const CronExpression&) const = default;

private:
    explicit CronExpression(const CronFields& fields) : fields_(fields) {}

    CronFields fields_;
};

/// The shortest usual form: numbers, ascending, five fields unless the seconds are other than 0.
[[nodiscard]] std::string to_string(const CronExpression& expression);

/// A line of cron with what may stand around an expression.
struct CronLine {
    /// The expression, or for "@every 90s" the interval.
    std::variant<CronExpression, Duration> timing;
    /// From "CRON_TZ=Area/City " or "TZ=Area/City " before it; empty: it says nothing. Only its
    /// form is checked here.
    std::string timezone;
};

/// Throws Error (invalid_argument) as CronExpression::parse does.
[[nodiscard]] CronLine parse_cron_line(std::string_view text);

/// What a schedule does when its zone's clock is moved, so that some local times do not exist or
/// exist twice. An expression of times of the day (CronFields::is_rhythm() is false) names local
/// times; a rhythm names moments at which the clock shows something.
enum class DstRule : std::uint8_t {
    /// Every local time that is named happens once: at the first moment at which the clock shows it
    /// or a later time. One that is left out happens right after the gap, one that comes twice the
    /// first time. Times that fall on the same moment are one. A rhythm happens at every moment at
    /// which the clock shows a time that fits.
    vixie,
    /// As vixie, but a local time that the clock leaves out does not happen.
    skip,
    /// The fields are read in UTC, which has no such days. The zone is only used to show times and
    /// for the dates of exclusions.
    utc,
};

[[nodiscard]] std::string_view to_string(DstRule rule) noexcept;
/// Throws Error (invalid_argument) with the valid names.
[[nodiscard]] DstRule parse_dst_rule(std::string_view text);

}  // namespace errand
