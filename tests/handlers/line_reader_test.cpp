#include "handlers/line_reader.hpp"

#include <gmock/gmock.h>

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace errand::handlers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Lines = std::vector<std::pair<std::string, std::size_t>>;

Lines read_all(const std::vector<std::string>& pieces, LineBounds bounds = {}) {
    Lines lines;
    LineReader reader{bounds,
                      [&](const Line& line) { lines.emplace_back(line.text, line.cut_bytes); }};
    for (const auto& piece : pieces)
        reader.feed(piece);
    reader.finish();
    return lines;
}

TEST(LineReader, JoinsPiecesAndSplitsAtLineEnds) {
    EXPECT_THAT(read_all({"one\ntw", "o\n", "\nthree\r\n"}),
                ElementsAre(Pair("one", 0), Pair("two", 0), Pair("", 0), Pair("three", 0)));
}

TEST(LineReader, LastLineNeedsNoEnd) {
    EXPECT_THAT(read_all({"a\nb"}), ElementsAre(Pair("a", 0), Pair("b", 0)));
    EXPECT_THAT(read_all({""}), IsEmpty());
    EXPECT_THAT(read_all({"\n"}), ElementsAre(Pair("", 0)));
}

TEST(LineReader, CutsLongLinesAndCountsWhatIsLost) {
    EXPECT_THAT(read_all({"123456", "789\nab\n"}, {.usual = 4, .long_prefix = {}}),
                ElementsAre(Pair("1234", 5), Pair("ab", 0)));
}

TEST(LineReader, LinesWithThePrefixHaveABoundOfTheirOwn) {
    const LineBounds bounds{.usual = 4, .long_prefix = "::r ", .long_line = 8};
    EXPECT_THAT(read_all({":", ":r 123456\n123456\n"}, bounds),
                ElementsAre(Pair("::r 1234", 2), Pair("1234", 2)));
}

RC_GTEST_PROP(LineReader, DoesNotDependOnHowTheBytesArrive, (std::vector<std::string> pieces)) {
    std::string whole;
    for (auto& piece : pieces) {
        for (char& c : piece) {
            if (c == 'a') c = '\n';
        }
        whole += piece;
    }
    const LineBounds bounds{.usual = 5, .long_prefix = "b", .long_line = 9};
    RC_ASSERT(read_all(pieces, bounds) == read_all({whole}, bounds));
}

RC_GTEST_PROP(LineReader, LosesNothingUnseen, (const std::string& text)) {
    std::size_t seen = 0;
    for (const auto& [line, cut] : read_all({text + "\n"}, {.usual = 3, .long_prefix = {}}))
        seen += line.size() + cut + 1;
    const auto carriage_returns = std::ranges::count(text, '\r');
    RC_ASSERT(seen <= text.size() + 1);
    RC_ASSERT(seen + static_cast<std::size_t>(carriage_returns) >= text.size() + 1);
}

}  // namespace
}  // namespace errand::handlers
