#include "handlers/output_tail.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace errand::handlers {
namespace {

TEST(OutputTail, KeepsWholeLastLines) {
    OutputTail tail{10};
    tail.add_line("first");
    tail.add_line("second");
    tail.add_line("3rd");
    EXPECT_EQ(tail.text(), "second\n3rd");
    tail.add_line("4");
    EXPECT_EQ(tail.text(), "3rd\n4");
}

TEST(OutputTail, KeepsTheEndOfALineThatIsTooLong) {
    OutputTail tail{4};
    tail.add_line("0123456789");
    EXPECT_EQ(tail.text(), "6789");
}

TEST(OutputTail, CutsBetweenCharacters) {
    OutputTail tail{4};
    tail.add_line("aaa€€");  // 3 bytes each: a whole one and the last byte of another would fit
    EXPECT_EQ(tail.text(), "€");
}

RC_GTEST_PROP(OutputTail, StaysWithinItsBoundAndSound, (const std::vector<std::string>& lines)) {
    OutputTail tail{16};
    for (const auto& line : lines)
        tail.add_line(base::to_valid_utf8(line + "€"));
    RC_ASSERT(tail.text().size() <= 16U);
    RC_ASSERT(base::is_valid_utf8(tail.text()));
    RC_ASSERT(lines.empty() || tail.text().ends_with("€"));
}

}  // namespace
}  // namespace errand::handlers
