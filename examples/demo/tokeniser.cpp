#include "demo/tokeniser.hpp"

#include <algorithm>
#include <array>

namespace demo {
namespace {

constexpr std::size_t shortest = 2;
constexpr std::size_t longest = 64;

constexpr auto stop_words = std::to_array<std::string_view>(
    {"an",   "and",  "are",   "as",  "at",   "be",   "been",  "but",  "by",   "can", "do",
     "does", "each", "else",  "for", "from", "has",  "have",  "how",  "if",   "in",  "into",
     "is",   "it",   "its",   "may", "more", "no",   "not",   "of",   "on",   "one", "or",
     "so",   "than", "that",  "the", "them", "then", "there", "they", "this", "to",  "was",
     "what", "when", "which", "who", "will", "with", "you",   "your"});
static_assert(std::ranges::is_sorted(stop_words));

bool is_ascii_word(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

/// Bytes of the UTF-8 character at `at` that belongs to a word; 0 when none does. Signs, dashes and
/// arrows (U+0080 to U+00BF, U+2000 to U+2FFF) separate words as ASCII punctuation does.
std::size_t word_bytes(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) return is_ascii_word(byte) ? 1 : 0;
    if (byte < 0xC3 || byte == 0xE2) return 0;
    const std::size_t length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    return std::min(length, text.size() - at);
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_kept(const std::string& word) {
    return word.size() >= shortest && word.size() <= longest &&
           !std::ranges::binary_search(stop_words, std::string_view{word});
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    const auto finish = [&] {
        if (is_kept(word)) words.push_back(word);
        word.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = word_bytes(text, at);
        if (bytes == 0) finish();
        for (std::size_t i = 0; i < bytes; ++i)
            word += lower(text[at + i]);
        at += std::max<std::size_t>(bytes, 1);
    }
    finish();
    return words;
}

std::size_t count_words(std::string_view text) {
    std::size_t count = 0;
    bool inside = false;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!space && !inside) ++count;
        inside = !space;
    }
    return count;
}

}  // namespace demo
