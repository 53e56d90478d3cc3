#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text that came from outside: is it sound, and how much of it is kept.

namespace errand::base {

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// `text` with every byte that is no valid UTF-8, and every NUL, replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

/// At most `max_bytes` of `text`, cut at a character, ending in a mark "… (12345 bytes cut)".
[[nodiscard]] std::string cut_end(std::string_view text, std::size_t max_bytes);

/// A piece of `text` for an error message: at most 60 bytes, control characters escaped, quoted.
[[nodiscard]] std::string quote_for_message(std::string_view text);

/// The whole of `text` on one line: control characters escaped.
[[nodiscard]] std::string on_one_line(std::string_view text);

/// The candidate nearest to `text` by edit distance, for "did you mean"; empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view text,
                                       std::span<const std::string_view> candidates);

/// Up to `most` candidates that are near, the nearest first, equally near ones in their order.
[[nodiscard]] std::vector<std::string_view> nearest_few(
    std::string_view text, std::span<const std::string_view> candidates, std::size_t most);

/// The text as a JSON string, in quotation marks.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace errand::base
