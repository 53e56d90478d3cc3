#include "core/labels.hpp"

#include "core/validate.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace errand::core {

void normalise_labels(std::string_view field, std::vector<std::string>& labels, std::size_t most) {
    for (const auto& label : labels)
        validate_name(field, label);
    std::ranges::sort(labels);
    const auto doubles = std::ranges::unique(labels);
    labels.erase(doubles.begin(), doubles.end());
    if (labels.size() <= most) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} names {} labels; name at most {}", field, labels.size(), most));
}

bool has_all(const std::vector<std::string>& labels, const std::vector<std::string>& needs) {
    return std::ranges::all_of(needs, [&](const std::string& need) {
        return std::ranges::find(labels, need) != labels.end();
    });
}

std::string labels_text(const std::vector<std::string>& labels) {
    return fmt::format("{}", fmt::join(labels, ","));
}

std::vector<std::string> read_labels(std::string_view text) {
    std::vector<std::string> labels;
    while (!text.empty()) {
        const auto comma = text.find(',');
        labels.emplace_back(text.substr(0, comma));
        if (comma == text.npos) break;
        text.remove_prefix(comma + 1);
    }
    return labels;
}

}  // namespace errand::core
