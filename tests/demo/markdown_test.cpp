#include "demo/markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {

void PrintTo(const Section& section, std::ostream* out) {
    *out << '{' << section.heading << ": " << section.text << '}';
}

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

auto section(const char* heading, const char* text) {
    return AllOf(Field(&Section::heading, heading), Field(&Section::text, text));
}

TEST(SplitMarkdown, HeadingsCarryThoseAboveThem) {
    EXPECT_THAT(split_markdown("# Guide\nintro\n## Retries\ndelays\n### Policies\nfixed\n"
                               "## Limits\nsizes\n"),
                ElementsAre(section("Guide", "intro\n"), section("Guide › Retries", "delays\n"),
                            section("Guide › Retries › Policies", "fixed\n"),
                            section("Guide › Limits", "sizes\n")));
}

TEST(SplitMarkdown, TextBeforeTheFirstHeadingHasNone) {
    EXPECT_THAT(split_markdown("hello"), ElementsAre(section("", "hello\n")));
}

TEST(SplitMarkdown, LeavesOutSectionsWithoutText) {
    EXPECT_THAT(split_markdown("# Title\n\n## Empty\n\n"), IsEmpty());
    EXPECT_THAT(split_markdown(""), IsEmpty());
}

TEST(SplitMarkdown, ALeftOutLevelIsNoPartOfTheHeading) {
    EXPECT_THAT(split_markdown("# A\n### C\ntext\n"), ElementsAre(section("A › C", "text\n")));
}

TEST(SplitMarkdown, HashesInsideCodeAreNoHeadings) {
    EXPECT_THAT(split_markdown("# A\n```sh\n# comment\n```\nafter\n"),
                ElementsAre(section("A", "# comment\nafter\n")));
}

TEST(SplitMarkdown, AFenceIsClosedByOneAtLeastAsLong) {
    EXPECT_THAT(split_markdown("````\n```\n# inside\n````\n# B\ntext\n"),
                ElementsAre(section("", "```\n# inside\n"), section("B", "text\n")));
}

TEST(SplitMarkdown, CommentsAndRulersAreDropped) {
    EXPECT_THAT(split_markdown("<!-- one -->\n<!-- two\nlines -->\n---\n| a | b |\n|---|:-:|\n"),
                ElementsAre(section("", "a   b\n")));
}

TEST(SplitMarkdown, ClosingHashesAndSevenHashes) {
    EXPECT_THAT(split_markdown("## Two ##\n####### seven\n#none\n"),
                ElementsAre(section("Two", "####### seven\n#none\n")));
}

TEST(SplitMarkdown, TakesWindowsLineEnds) {
    EXPECT_THAT(split_markdown("# A\r\ntext\r\n"), ElementsAre(section("A", "text\n")));
}

TEST(PlainText, MarkUpGoesAndTheTextStays) {
    EXPECT_EQ(plain_text("- see **[the `retry` page](guide/retries.md)** first"),
              "see the retry page first");
    EXPECT_EQ(plain_text("> ![a diagram](states.svg) of lease_seq"), "a diagram of lease_seq");
}

TEST(PlainText, BracketsThatAreNoLinkStay) {
    EXPECT_EQ(plain_text("array[1] and [x](y)"), "array[1] and x");
    EXPECT_EQ(plain_text("[open](never closed"), "[open](never closed");
}

}  // namespace
}  // namespace demo
