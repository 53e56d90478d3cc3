#pragma once

#include "demo/tfidf.hpp"

#include <string>
#include <string_view>

namespace demo {

/// One line of at most about `width` bytes around the first of the words that `text` has, else its
/// start; "…" where something was left out. Cuts between words.
[[nodiscard]] std::string excerpt(std::string_view text, const Words& words, std::size_t width);

}  // namespace demo
