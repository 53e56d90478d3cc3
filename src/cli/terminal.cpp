#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace errand::cli {
namespace {

constexpr std::size_t default_width = 80;
constexpr std::size_t bar_cells = 30;
constexpr std::chrono::milliseconds redraw_period{100};

bool is_continuation(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::string without_controls(std::string_view text, std::string_view line_break) {
    std::string result;
    result.reserve(text.size());
    for (const char byte : text) {
        if (byte == '\n') {
            result += line_break;
        } else if (byte != '\t' && (static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F)) {
            result += "·";
        } else {
            result += byte;
        }
    }
    return result;
}

std::string_view escape_of(Colour colour) noexcept {
    switch (colour) {
        case Colour::none:
            return "";
        case Colour::dim:
            return "\x1b[2m";
        case Colour::red:
            return "\x1b[31m";
        case Colour::green:
            return "\x1b[32m";
        case Colour::yellow:
            return "\x1b[33m";
        case Colour::blue:
            return "\x1b[34m";
        case Colour::cyan:
            return "\x1b[36m";
    }
    return "";
}

}  // namespace

bool is_terminal(std::FILE* stream) noexcept {
    return ::isatty(::fileno(stream)) == 1;
}

bool shows_colour(std::FILE* stream) noexcept {
    const char* no_colour = std::getenv("NO_COLOR");
    if (no_colour != nullptr && *no_colour != '\0') return false;
    const char* term = std::getenv("TERM");
    return is_terminal(stream) && term != nullptr && std::string_view{term} != "dumb";
}

std::size_t terminal_width(std::FILE* stream) noexcept {
    winsize size{};
    if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return default_width;
    return size.ws_col;
}

Colour colour_of(JobState state) noexcept {
    switch (state) {
        case JobState::completed:
            return Colour::green;
        case JobState::discarded:
            return Colour::red;
        case JobState::retryable:
            return Colour::yellow;
        case JobState::active:
            return Colour::cyan;
        case JobState::available:
            return Colour::blue;
        case JobState::pending:
        case JobState::scheduled:
        case JobState::cancelled:
            return Colour::dim;
    }
    return Colour::none;
}

std::string painted(std::string_view text, Colour colour, bool enabled) {
    if (!enabled || colour == Colour::none) return std::string{text};
    return fmt::format("{}{}\x1b[0m", escape_of(colour), text);
}

std::string one_line(std::string_view text) {
    return without_controls(text, " ");
}

std::string safe_lines(std::string_view text) {
    return without_controls(text, "\n");
}

std::size_t display_width(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

std::string shortened(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string{text};
    if (width == 0) return {};
    std::size_t end = 0;
    for (std::size_t characters = 0; end < text.size(); ++end) {
        if (!is_continuation(text[end]) && characters++ == width - 1) break;
    }
    return std::string{text.substr(0, end)} + "…";
}

std::string human_age(Duration age) {
    constexpr std::array<std::pair<Duration, std::string_view>, 4> units{{
        {std::chrono::days{1}, "d"},
        {std::chrono::hours{1}, "h"},
        {std::chrono::minutes{1}, "m"},
        {std::chrono::seconds{1}, "s"},
    }};
    for (const auto& [unit, name] : units) {
        if (age >= unit) return fmt::format("{}{}", age / unit, name);
    }
    const auto milliseconds = age / std::chrono::milliseconds{1};
    return milliseconds > 0 ? fmt::format("{}ms", milliseconds) : "0s";
}

std::string grouped(std::uint64_t value) {
    std::string digits = std::to_string(value);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

std::string bar_text(std::uint64_t current, std::uint64_t total, std::size_t cells) {
    if (total == 0) return grouped(current);
    const double part = std::min(1.0, static_cast<double>(current) / static_cast<double>(total));
    const auto filled = static_cast<std::size_t>(part * static_cast<double>(cells));
    return fmt::format("[{}{}] {:3} %", std::string(filled, '#'), std::string(cells - filled, '.'),
                       static_cast<int>(part * 100));
}

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), enabled_(is_terminal(stderr)) {}

ProgressBar::~ProgressBar() {
    finish();
}

void ProgressBar::update(std::uint64_t current, std::uint64_t total, std::string_view message) {
    if (!enabled_) return;
    const auto now = std::chrono::steady_clock::now();
    if (last_ && now - *last_ < redraw_period) return;
    last_ = now;
    drawn_ = true;
    const bool known = current > 0 || total > 0;
    const std::string bar = known ? bar_text(current, total, bar_cells) + " " : std::string{};
    const auto line = fmt::format("{} {}{}", label_, bar, one_line(message));
    fmt::print(stderr, "\r\x1b[K{}", shortened(line, terminal_width(stderr) - 1));
    std::fflush(stderr);
}

void ProgressBar::finish() noexcept {
    if (!drawn_) return;
    std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
    last_.reset();
}

}  // namespace errand::cli
