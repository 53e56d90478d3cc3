#include "base/text.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace errand::base {
namespace {

/// Bytes that make sound and broken characters equally likely.
rc::Gen<std::string> any_text() {
    using rc::gen::element;
    const auto piece = element<std::string>("a", "0123456789", "\xC3\xA9", "\xE2\x82\xAC",
                                            "\xF0\x9F\x98\x80", "\x80", "\xE2\x82", "\xC3", "\xF5",
                                            "\xED\xA0\x80", std::string(1, '\0'), "\n");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const auto& pieces) {
                            std::string text;
                            for (const auto& part : pieces)
                                text += part;
                            return text;
                        });
}

TEST(ValidUtf8, KnowsTheEdgesOfTheEncoding) {
    for (const std::string_view good :
         {"", "plain ascii, longer than a word", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
          "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_valid_utf8(good)) << testing::PrintToString(good);
    }
    for (const std::string_view bad :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xED\xA0\x80",
          "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
          "12345678\xFF", "1234567\xC3", "\xE2\x82\x41"}) {
        EXPECT_FALSE(is_valid_utf8(bad)) << testing::PrintToString(bad);
    }
}

TEST(ToValidUtf8, ReplacesEveryBadByteAndNul) {
    EXPECT_EQ(to_valid_utf8("a\xFF"
                            "b"),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(to_valid_utf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(to_valid_utf8(std::string_view{"a\0b", 3}),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(to_valid_utf8("h\xC3\xA9"), "h\xC3\xA9");
}

RC_GTEST_PROP(ToValidUtf8, IsAlwaysSoundAndLeavesSoundTextAlone, ()) {
    const auto sound = to_valid_utf8(*any_text());
    RC_ASSERT(is_valid_utf8(sound));
    RC_ASSERT(sound.find('\0') == sound.npos);
    RC_ASSERT(to_valid_utf8(sound) == sound);
}

TEST(CutEnd, SaysHowMuchIsMissing) {
    EXPECT_EQ(cut_end("short", 5), "short");
    const std::string text(100, 'x');
    EXPECT_EQ(cut_end(text, 50), std::string(31, 'x') + "\xE2\x80\xA6 (69 bytes cut)");
    EXPECT_EQ(cut_end(text, 3), "xxx");
    EXPECT_EQ(cut_end("\xE2\x82\xAC\xE2\x82\xAC", 5), "\xE2\x82\xAC");
}

RC_GTEST_PROP(CutEnd, IsAlwaysSoundAndWithinTheBound, ()) {
    const auto text = *any_text();
    const auto bound = *rc::gen::inRange<std::size_t>(0, 200);
    const auto cut = cut_end(text, bound);
    RC_ASSERT(cut.size() <= bound);
    RC_ASSERT(is_valid_utf8(cut));
    if (to_valid_utf8(text).size() <= bound) RC_ASSERT(cut == to_valid_utf8(text));
}

TEST(QuoteForMessage, EscapesWhatWouldHurtALine) {
    EXPECT_EQ(quote_for_message("plain h\xC3\xA9"), "\"plain h\xC3\xA9\"");
    EXPECT_EQ(quote_for_message("a\nb\tc\"d\\e"), R"("a\nb\tc\"d\\e")");
    EXPECT_EQ(quote_for_message(std::string_view{"\0\x1b\x7f\xff", 4}), R"("\x00\x1b\x7f\xff")");
    EXPECT_EQ(quote_for_message("\xC2\x9B"), R"("\u009b")");
    EXPECT_EQ(quote_for_message(std::string(60, 'x')), '"' + std::string(60, 'x') + '"');
    EXPECT_EQ(quote_for_message(std::string(61, 'x')),
              '"' + std::string(60, 'x') + "\xE2\x80\xA6\"");
}

RC_GTEST_PROP(QuoteForMessage, IsShortSoundAndOfOneLine, ()) {
    const auto quoted = quote_for_message(*any_text());
    RC_ASSERT(quoted.size() <= 65U);
    RC_ASSERT(is_valid_utf8(quoted));
    RC_ASSERT(quoted.find_first_of(std::string_view{"\n\0", 2}) == quoted.npos);
}

TEST(Nearest, FindsWhatWasProbablyMeant) {
    constexpr std::array<std::string_view, 4> names{"store", "listen", "queues", "concurrency"};
    EXPECT_EQ(nearest("stroe", names), "store");
    EXPECT_EQ(nearest("queue", names), "queues");
    EXPECT_EQ(nearest("concurency", names), "concurrency");
    EXPECT_EQ(nearest("listen", names), "listen");
    EXPECT_EQ(nearest("xyz", names), "");
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest(std::string(5000, 's'), names), "");
}

}  // namespace
}  // namespace errand::base
