#include "base/bounded_log.hpp"

#include "base/text.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace errand::base {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(BoundedLog, KeepsEverythingUpToItsBound) {
    BoundedLog log{12};
    EXPECT_TRUE(log.empty());
    log.add_line("one");
    log.add_line("two");
    log.add_line("six");
    EXPECT_FALSE(log.empty());
    EXPECT_EQ(log.text(), "one\ntwo\nsix\n");
}

TEST(BoundedLog, CutsTheMiddleAndSaysSo) {
    BoundedLog log{100};
    for (int i = 100; i < 300; ++i)
        log.add_line("line " + std::to_string(i));
    const auto text = log.text();
    EXPECT_THAT(text, StartsWith("line 100\nline 101\n"));
    EXPECT_THAT(text, EndsWith("\nline 298\nline 299\n"));
    EXPECT_THAT(text, HasSubstr("line 104\n\xE2\x80\xA6 1728 bytes cut \xE2\x80\xA6\nline 297\n"));
    EXPECT_LE(text.size(), 100U);
}

TEST(BoundedLog, CutsOneEndlessLineToo) {
    BoundedLog log{100};
    log.add_line(std::string(10'000, 'a') + 'z');
    const auto text = log.text();
    EXPECT_THAT(text, StartsWith(std::string(50, 'a') + '\n'));
    EXPECT_THAT(text, HasSubstr(" bytes cut "));
    EXPECT_THAT(text, EndsWith("az\n"));
    EXPECT_LE(text.size(), 100U);
}

TEST(BoundedLog, MakesLinesSound) {
    BoundedLog log{100};
    log.add_line("bad \xFF byte");
    EXPECT_EQ(log.text(), "bad \xEF\xBF\xBD byte\n");
}

TEST(BoundedLogTail, GivesTheLastWholeLines) {
    BoundedLog log{1000};
    log.add_line("first");
    log.add_line("second");
    log.add_line("third");
    EXPECT_EQ(log.tail(100), "first\nsecond\nthird");
    EXPECT_EQ(log.tail(12), "second\nthird");
    EXPECT_EQ(log.tail(11), "third");
    EXPECT_EQ(log.tail(3), "ird");
    EXPECT_EQ(log.tail(0), "");
    EXPECT_EQ(BoundedLog{10}.tail(5), "");
}

/// What a log with this many bytes of cut text must have had: the number its mark names.
std::size_t marked_bytes(const std::string& text) {
    const auto mark = text.find("\xE2\x80\xA6 ");
    return mark == text.npos ? 0 : std::stoul(text.substr(mark + 4));
}

RC_GTEST_PROP(BoundedLog, StaysSoundWithinItsBoundAndAccountsForEveryByte, ()) {
    const auto bound = *rc::gen::inRange<std::size_t>(120, 2000);
    const auto sizes =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 400));
    BoundedLog log{bound};
    std::size_t added = 0;
    for (const auto size : sizes) {
        log.add_line(std::string(size, 'x'));
        added += size + 1;
    }
    const auto text = log.text();
    RC_ASSERT(text.size() <= bound);
    const auto cut = marked_bytes(text);
    if (added <= bound) {
        RC_ASSERT(text.size() == added);
    } else {
        const auto mark =
            std::string{"\xE2\x80\xA6 " + std::to_string(cut) + " bytes cut \xE2\x80\xA6\n"};
        const auto kept = text.size() - mark.size();
        // One line break is added where the beginning is no whole line.
        RC_ASSERT(kept + cut == added || kept + cut == added + 1);
    }
}

RC_GTEST_PROP(BoundedLog, IsAlwaysSoundText, ()) {
    BoundedLog log{*rc::gen::inRange<std::size_t>(0, 300)};
    const auto count = *rc::gen::inRange(0, 100);
    for (int i = 0; i < count; ++i) {
        log.add_line(*rc::gen::element<std::string>("\xE2\x82\xAC\xE2\x82\xAC", "a", "\xFF",
                                                    "\xF0\x9F\x98\x80"));
    }
    RC_ASSERT(is_valid_utf8(log.text()));
    RC_ASSERT(is_valid_utf8(log.tail(*rc::gen::inRange<std::size_t>(0, 50))));
}

RC_GTEST_PROP(BoundedLog, NeverExceedsATinyBound, ()) {
    const auto bound = *rc::gen::inRange<std::size_t>(0, 60);
    BoundedLog log{bound};
    for (int i = 0; i < 50; ++i)
        log.add_line("some line of text");
    RC_ASSERT(log.text().size() <= bound);
}

}  // namespace
}  // namespace errand::base
