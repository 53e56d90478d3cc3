#include "demo/tokeniser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WordsOf, LowersAndSeparatesAtPunctuation) {
    EXPECT_THAT(words_of("Retry-Policy: lease_seq, HTTP/2!"),
                ElementsAre("retry", "policy", "lease", "seq", "http"));
}

TEST(WordsOf, LeavesOutStopWords) {
    EXPECT_THAT(words_of("The job is what you make of it"), ElementsAre("job", "make"));
}

TEST(WordsOf, KeepsEveryOccurrence) {
    EXPECT_THAT(words_of("job job Job"), ElementsAre("job", "job", "job"));
}

TEST(WordsOf, KeepsLettersBeyondAscii) {
    EXPECT_THAT(words_of("Köln naïve 東京"), ElementsAre("köln", "naïve", "東京"));
}

TEST(WordsOf, SignsAndArrowsSeparate) {
    EXPECT_THAT(words_of("queue→worker…done — 5µs «quoted»"),
                ElementsAre("queue", "worker", "done", "quoted"));
}

TEST(WordsOf, LeavesOutTooShortAndTooLong) {
    EXPECT_THAT(words_of("x " + std::string(65, 'y')), IsEmpty());
    EXPECT_THAT(words_of("xx " + std::string(64, 'y')), ElementsAre("xx", std::string(64, 'y')));
}

TEST(WordsOf, TakesTornUtf8) {
    EXPECT_THAT(words_of("ab \xF0"), ElementsAre("ab"));
}

TEST(CountWords, CountsRunsOfNonSpace) {
    EXPECT_EQ(count_words(""), 0U);
    EXPECT_EQ(count_words("  one\ttwo \n three  "), 3U);
}

}  // namespace
}  // namespace demo
