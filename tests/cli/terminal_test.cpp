#include "cli/terminal.hpp"

#include "cli/help.hpp"
#include "cli/table.hpp"

#include <gmock/gmock.h>

namespace errand::cli::test {
namespace {

using namespace std::chrono_literals;

TEST(Terminal, AgesHaveOneUnit) {
    EXPECT_EQ(human_age(850ms), "850ms");
    EXPECT_EQ(human_age(59s + 999ms), "59s");
    EXPECT_EQ(human_age(60s), "1m");
    EXPECT_EQ(human_age(2h), "2h");
    EXPECT_EQ(human_age(100h), "4d");
    EXPECT_EQ(human_age(0s), "0s");
    EXPECT_EQ(human_age(-5s), "0s");
}

TEST(Terminal, GroupsDigits) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1,000");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
}

TEST(Terminal, BarsFillUpToTheirEnd) {
    EXPECT_EQ(bar_text(0, 10, 10), "[..........]   0 %");
    EXPECT_EQ(bar_text(5, 10, 10), "[#####.....]  50 %");
    EXPECT_EQ(bar_text(20, 10, 10), "[##########] 100 %");
    EXPECT_EQ(bar_text(1'234, 0, 10), "1,234");
}

TEST(Terminal, ControlCharactersNeverReachIt) {
    EXPECT_EQ(one_line("a\x1b[31mb\nc\x07\x7f"), "a·[31mb c··");
    EXPECT_EQ(safe_lines("a\r\nb\tc"), "a·\nb\tc");
}

TEST(Terminal, ShortensByCharacters) {
    EXPECT_EQ(shortened("äöü", 3), "äöü");
    EXPECT_EQ(shortened("äöüß", 3), "äö…");
    EXPECT_EQ(shortened("abc", 0), "");
    EXPECT_EQ(display_width("äö…"), 3U);
}

TEST(Terminal, PaintsOnlyWhenEnabled) {
    EXPECT_EQ(painted("x", Colour::red, false), "x");
    EXPECT_EQ(painted("x", Colour::red, true), "\x1b[31mx\x1b[0m");
}

TEST(Table, AlignsColumns) {
    Table table{{{"NAME"}, {"N", true}, {"INFO"}}};
    table.add_row({"short", "7", "x"});
    table.add_row({"überlang", "1,000", ""});
    EXPECT_EQ(table.text(0, false),
              "NAME          N  INFO\n"
              "short         7  x\n"
              "überlang  1,000\n");
}

TEST(Table, CutsOnlyTheLastColumnAndKeepsColoursWhole) {
    Table table{{{"A"}, {"B"}}};
    table.add_row({{"wide cell", Colour::green}, "0123456789"});
    EXPECT_EQ(table.text(15, true),
              "\x1b[2mA\x1b[0m          \x1b[2mB\x1b[0m\n"
              "\x1b[32mwide cell\x1b[0m  012…\n");
}

TEST(Help, WrapsAtWordsAndKeepsBreaks) {
    EXPECT_EQ(wrapped("one two three", 8, 2), "one two\n  three");
    EXPECT_EQ(wrapped("one\ntwo", 20, 0), "one\ntwo");
    EXPECT_EQ(wrapped("averyveryverylongword x", 5, 0), "averyveryverylongword\nx");
}

}  // namespace
}  // namespace errand::cli::test
