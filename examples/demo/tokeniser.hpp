#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// The words of a text in their order: ASCII letters and digits and all non-ASCII letters,
/// lower-cased where they are ASCII. Left out are English stop words and what is shorter than 2 or
/// longer than 64 bytes. Every byte sequence is acceptable.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// Runs of anything but white space: what a word processor counts.
[[nodiscard]] std::size_t count_words(std::string_view text);

}  // namespace demo
