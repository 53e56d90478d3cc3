#include "base/text.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

namespace errand::base {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view ellipsis = "\xE2\x80\xA6";     // U+2026

constexpr std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
    return static_cast<std::uint8_t>(text[i]);
}

constexpr bool in(std::uint8_t byte, std::uint8_t low, std::uint8_t high) noexcept {
    return byte >= low && byte <= high;
}

/// Bytes of the character that begins at `i`; 0 where none does. Refuses overlong forms, surrogates
/// and what lies beyond U+10FFFF by the range of the second byte (Unicode, table 3-7).
constexpr std::size_t character_size(std::string_view text, std::size_t i) noexcept {
    const auto lead = byte_at(text, i);
    if (lead < 0x80) return 1;
    const std::size_t size = in(lead, 0xC2, 0xDF)   ? 2
                             : in(lead, 0xE0, 0xEF) ? 3
                             : in(lead, 0xF0, 0xF4) ? 4
                                                    : 0;
    if (size == 0 || text.size() - i < size) return 0;
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (!in(byte_at(text, i + 1), low, high)) return 0;
    for (std::size_t k = 2; k < size; ++k) {
        if (!in(byte_at(text, i + k), 0x80, 0xBF)) return 0;
    }
    return size;
}

bool is_ascii_word(const char* bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return (word & 0x8080808080808080U) == 0;
}

/// The sound form of what stands at the front of `rest`, which loses it.
std::string_view take_sound_character(std::string_view& rest) noexcept {
    const auto size = rest.front() == '\0' ? 0 : character_size(rest, 0);
    const auto taken = size == 0 ? replacement : rest.substr(0, size);
    rest.remove_prefix(std::max<std::size_t>(size, 1));
    return taken;
}

/// Appends sound characters of `rest` while they fit into `max_bytes`; `rest` loses them.
void append_while_fitting(std::string& result, std::string_view& rest, std::size_t max_bytes) {
    while (!rest.empty()) {
        auto after = rest;
        const auto character = take_sound_character(after);
        if (result.size() + character.size() > max_bytes) return;
        result += character;
        rest = after;
    }
}

std::string cut_mark(std::size_t cut_bytes) {
    return fmt::format("{} ({} bytes cut)", ellipsis, cut_bytes);
}

std::string escape_character(std::string_view& rest) {
    const auto size = character_size(rest, 0);
    const auto lead = byte_at(rest, 0);
    const bool is_c1_control = size == 2 && lead == 0xC2 && byte_at(rest, 1) < 0xA0;
    const auto taken = rest.substr(0, std::max<std::size_t>(size, 1));
    rest.remove_prefix(taken.size());
    if (taken == "\n") return "\\n";
    if (taken == "\t") return "\\t";
    if (taken == "\"" || taken == "\\") return "\\" + std::string{taken};
    if (is_c1_control) return fmt::format("\\u{:04x}", static_cast<std::uint8_t>(taken[1]));
    if (size == 0 || lead < 0x20 || lead == 0x7F) return fmt::format("\\x{:02x}", lead);
    return std::string{taken};
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept {
    std::size_t i = 0;
    while (i < text.size()) {
        if (text.size() - i >= 8 && is_ascii_word(text.data() + i)) {
            i += 8;
            continue;
        }
        const auto size = character_size(text, i);
        if (size == 0) return false;
        i += size;
    }
    return true;
}

std::string to_valid_utf8(std::string_view text) {
    if (is_valid_utf8(text) && text.find('\0') == text.npos) return std::string{text};
    std::string result;
    result.reserve(text.size() + 16);
    while (!text.empty())
        result += take_sound_character(text);
    return result;
}

std::string cut_end(std::string_view text, std::size_t max_bytes) {
    std::string result;
    auto rest = text;
    append_while_fitting(result, rest, max_bytes);
    if (rest.empty()) return result;

    const auto longest_mark = cut_mark(text.size()).size();
    if (longest_mark > max_bytes) return result;  // no room to say so
    result.clear();
    rest = text;
    append_while_fitting(result, rest, max_bytes - longest_mark);
    return result + cut_mark(rest.size());
}

std::string quote_for_message(std::string_view text) {
    constexpr std::size_t max_bytes = 60;
    std::string result = "\"";
    std::size_t size = 0;
    while (!text.empty()) {
        const auto piece = escape_character(text);
        size += piece.size();
        if (size > max_bytes) return result += std::string{ellipsis} + '"';
        result += piece;
    }
    return result += '"';
}

std::string on_one_line(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const char first = text.front();
        const auto escaped = escape_character(text);
        const bool is_mark = first == '"' || first == '\\';
        result += is_mark ? std::string{first} : escaped;
    }
    return result;
}

std::vector<std::string_view> nearest_few(std::string_view text,
                                          std::span<const std::string_view> candidates,
                                          std::size_t most) {
    constexpr std::size_t longest = 100;  // nobody misspells more, and the work grows by its square
    if (text.size() > longest) return {};
    std::vector<std::pair<std::size_t, std::string_view>> near;
    for (const auto candidate : candidates) {
        const auto distance = edit_distance(text, candidate.substr(0, longest));
        const bool is_near = distance * 2 < std::max(text.size(), candidate.size());
        if (is_near && distance < longest) near.emplace_back(distance, candidate);
    }
    std::stable_sort(near.begin(), near.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string_view> result;
    for (std::size_t i = 0; i < near.size() && i < most; ++i)
        result.push_back(near[i].second);
    return result;
}

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
    const auto near = nearest_few(text, candidates, 1);
    return near.empty() ? std::string_view{} : near.front();
}

std::string json_string(std::string_view text) {
    return boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

}  // namespace errand::base
