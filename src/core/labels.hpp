#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// What workers offer and jobs need: words of the form of a queue's name.

namespace errand::core {

inline constexpr std::size_t max_needs = 8;    ///< of a job
inline constexpr std::size_t max_labels = 64;  ///< of a worker

/// Sorts labels and drops doubles. Throws Error (invalid_argument) that begins with `field` when
/// there are more than `most` or one has not the form of a queue's name.
void normalise_labels(std::string_view field, std::vector<std::string>& labels, std::size_t most);

[[nodiscard]] bool has_all(const std::vector<std::string>& labels,
                           const std::vector<std::string>& needs);

/// One text for a set of labels, joined by commas, which no label has; and back.
[[nodiscard]] std::string labels_text(const std::vector<std::string>& labels);
[[nodiscard]] std::vector<std::string> read_labels(std::string_view text);

}  // namespace errand::core
