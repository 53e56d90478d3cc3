#pragma once

#include <errand/job_state.hpp>
#include <errand/time.hpp>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

// How output looks to a person: colours, widths, ages, bars. Pipes and files get plain text.

namespace errand::cli {

[[nodiscard]] bool is_terminal(std::FILE* stream) noexcept;
/// A terminal that shows colours, unless NO_COLOR is set or TERM is dumb.
[[nodiscard]] bool shows_colour(std::FILE* stream) noexcept;
/// Columns of the terminal; 80 when it does not say.
[[nodiscard]] std::size_t terminal_width(std::FILE* stream) noexcept;

enum class Colour : std::uint8_t { none, dim, red, green, yellow, blue, cyan };
[[nodiscard]] Colour colour_of(JobState state) noexcept;
/// `text` between the escape sequences of `colour`; unchanged for `none` or when not `enabled`.
[[nodiscard]] std::string painted(std::string_view text, Colour colour, bool enabled);

/// Text from a job, safe to show: control characters but tab become "·", line breaks spaces.
[[nodiscard]] std::string one_line(std::string_view text);
/// The same, line breaks kept.
[[nodiscard]] std::string safe_lines(std::string_view text);
/// Characters (code points) in UTF-8 text.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;
/// At most `width` characters, the last one "…" where something was cut.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);

/// One unit, rounded down, for people: "850ms", "3s", "5m", "2h", "4d"; negative shows as "0s".
[[nodiscard]] std::string human_age(Duration age);
/// 1234567 as "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t value);

/// "[#####.....]  50 %" with `cells` between the brackets; `total` 0 shows no percentage.
[[nodiscard]] std::string bar_text(std::uint64_t current, std::uint64_t total, std::size_t cells);

/// A line on stderr that is drawn over itself, at most ten times a second. Does nothing when stderr
/// is no terminal. Gone after finish() or destruction.
class ProgressBar {
public:
    explicit ProgressBar(std::string label);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void update(std::uint64_t current, std::uint64_t total, std::string_view message = {});
    void finish() noexcept;

private:
    std::string label_;
    bool enabled_;
    bool drawn_ = false;
    std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace errand::cli
