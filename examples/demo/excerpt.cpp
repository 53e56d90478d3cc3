#include "demo/excerpt.hpp"

#include "demo/tokeniser.hpp"

#include <algorithm>

namespace demo {
namespace {

std::vector<std::string_view> split_at_spaces(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::size_t at = text.find_first_not_of(" \n\t\r"); at != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(" \n\t\r", at), text.size());
        parts.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(" \n\t\r", end);
    }
    return parts;
}

bool has_one_of(std::string_view part, const Words& words) {
    return std::ranges::any_of(words_of(part), [&](const std::string& word) {
        return std::ranges::find(words, word) != words.end();
    });
}

}  // namespace

std::string excerpt(std::string_view text, const Words& words, std::size_t width) {
    const auto parts = split_at_spaces(text);
    const auto found =
        std::ranges::find_if(parts, [&](std::string_view part) { return has_one_of(part, words); });
    // A third of the width goes to what stands before the word.
    auto first = found == parts.end() ? parts.begin() : found;
    for (std::size_t before = 0; first != parts.begin(); --first) {
        before += std::prev(first)->size() + 1;
        if (before > width / 3) break;
    }
    std::string line = first == parts.begin() ? "" : "… ";
    auto last = first;
    for (; last != parts.end() && line.size() + last->size() <= width; ++last) {
        line += std::string{*last} + " ";
    }
    if (last != parts.end()) return line + "…";
    if (!line.empty()) line.pop_back();
    return line;
}

}  // namespace demo
