#include "base/bounded_log.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::base {
namespace {

constexpr bool continues_character(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The largest position at or below `i` where a character of valid UTF-8 begins.
std::size_t character_start_before(std::string_view text, std::size_t i) noexcept {
    while (i > 0 && i < text.size() && continues_character(text[i]))
        --i;
    return i;
}

/// The last whole lines of `text` within `max_bytes`; of a longer last line, its end.
std::string_view last_lines(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.size() <= max_bytes) return text;
    const auto earliest = text.size() - max_bytes;
    const auto line_break = text.find('\n', earliest - 1);
    if (line_break < text.size() - 1) return text.substr(line_break + 1);
    auto start = earliest;
    while (start < text.size() && continues_character(text[start]))
        ++start;
    return text.substr(start);
}

}  // namespace

void BoundedLog::add_line(std::string_view line) {
    const auto sound = to_valid_utf8(line) + '\n';
    std::string_view rest = sound;
    const auto head_room = max_bytes_ / 2 - head_.size();
    if (tail_.empty() && cut_bytes_ == 0) {
        const auto taken = character_start_before(rest, std::min(head_room, rest.size()));
        head_ += rest.substr(0, taken);
        rest.remove_prefix(taken);
    }
    tail_ += rest;
    // Twice the bound before anything is moved keeps the cost of a line constant.
    if (tail_.size() > 2 * max_bytes_) {
        const auto kept = last_lines(tail_, max_bytes_).size();
        cut_bytes_ += tail_.size() - kept;
        tail_.erase(0, tail_.size() - kept);
    }
}

std::string BoundedLog::text() const {
    if (cut_bytes_ == 0 && head_.size() + tail_.size() <= max_bytes_) return head_ + tail_;

    const auto mark = [](std::size_t bytes) {
        return fmt::format("\xE2\x80\xA6 {} bytes cut \xE2\x80\xA6\n", bytes);
    };
    // The beginning ends with a whole line, or with a line break of its own.
    const auto head_lines = head_.rfind('\n') + 1;
    std::string result = head_lines == 0 ? head_ + '\n' : head_.substr(0, head_lines);
    const auto cut_of_head = head_lines == 0 ? 0 : head_.size() - head_lines;
    const auto all = cut_of_head + cut_bytes_ + tail_.size();
    const auto used = result.size() + mark(all).size();
    if (used > max_bytes_) return cut_end(head_ + tail_, max_bytes_);  // a bound of a few bytes
    const auto end = last_lines(tail_, max_bytes_ - used);
    return result + mark(all - end.size()) + std::string{end};
}

std::string BoundedLog::tail(std::size_t max_bytes) const {
    std::string whole;
    if (cut_bytes_ == 0 && tail_.size() < max_bytes) whole = head_;
    whole += tail_;
    if (whole.ends_with('\n')) whole.pop_back();
    return std::string{last_lines(whole, max_bytes)};
}

}  // namespace errand::base
