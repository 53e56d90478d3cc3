#include "handlers/exec_protocol.hpp"

#include "core/validate.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <limits>

namespace errand::handlers {
namespace {

template <class T>
bool is(std::string_view line) {
    return std::holds_alternative<T>(parse_exec_line(line));
}

TEST(ExecProtocol, ReadsProgress) {
    const auto with_text = std::get<ProgressLine>(parse_exec_line("::progress 3/10 half  way"));
    EXPECT_EQ(with_text.current, 3U);
    EXPECT_EQ(with_text.total, 10U);
    EXPECT_EQ(with_text.message, "half  way");
    const auto without =
        std::get<ProgressLine>(parse_exec_line("::progress 18446744073709551615/0"));
    EXPECT_EQ(without.current, std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(without.total, 0U);
    EXPECT_EQ(without.message, "");
}

TEST(ExecProtocol, RefusesOtherProgress) {
    for (const auto* line :
         {"::progress", "::progress ", "::progress 3", "::progress 3/", "::progress /3",
          "::progress -1/3", "::progress +1/3", "::progress 1/3x", "::progress  1/3",
          "::progress 1 / 3", "::progress 0x1/3", "::progress 18446744073709551616/1",
          "::progress 1/18446744073709551616"}) {
        EXPECT_TRUE(is<MalformedLine>(line)) << line;
    }
}

TEST(ExecProtocol, ReadsResults) {
    EXPECT_EQ(std::get<ResultLine>(parse_exec_line("::result {\"a\": [1]}")).json, "{\"a\": [1]}");
    EXPECT_EQ(std::get<ResultLine>(parse_exec_line("::result null")).json, "null");
    for (const auto* line :
         {"::result", "::result ", "::result {", "::result {} {}", "::result 'a'"}) {
        EXPECT_TRUE(is<BadResultLine>(line)) << line;
        EXPECT_NE(std::get<BadResultLine>(parse_exec_line(line)).reason, "") << line;
    }
}

TEST(ExecProtocol, ReadsWaits) {
    using namespace std::chrono_literals;
    const auto wait = std::get<WaitSignalLine>(parse_exec_line("::wait_signal a.b:c-d 24h"));
    EXPECT_EQ(wait.name, "a.b:c-d");
    EXPECT_EQ(wait.longest, 24h);
    for (const auto* line : {"::wait_signal", "::wait_signal ", "::wait_signal a",
                             "::wait_signal a ", "::wait_signal  a 1h", "::wait_signal a  1h",
                             "::wait_signal a 1h ", "::wait_signal a -1h", "::wait_signal a b 1h",
                             "::wait_signal \xff 1h", "::wait_signal a 99999999999d"}) {
        EXPECT_TRUE(is<MalformedLine>(line)) << line;
    }
}

TEST(ExecProtocol, ReadsSnooze) {
    using namespace std::chrono_literals;
    EXPECT_EQ(std::get<SnoozeLine>(parse_exec_line("::snooze 30s")).delay, 30s);
    EXPECT_EQ(std::get<SnoozeLine>(parse_exec_line("::snooze 1h30m")).delay, 90min);
    for (const auto* line : {"::snooze", "::snooze ", "::snooze 30", "::snooze -1s", "::snooze 1s ",
                             "::snooze later", "::snooze 99999999999d"}) {
        EXPECT_TRUE(is<MalformedLine>(line)) << line;
    }
}

TEST(ExecProtocol, ReadsSlowDown) {
    using namespace std::chrono_literals;
    const auto line = std::get<SlowDownLine>(parse_exec_line("::slow-down 30s too many calls"));
    EXPECT_EQ(line.delay, 30s);
    EXPECT_EQ(line.reason, "too many calls");
    EXPECT_EQ(std::get<SlowDownLine>(parse_exec_line("::slow-down 5m")).reason, "");
    EXPECT_EQ(std::get<SlowDownLine>(parse_exec_line("::slow-down 5m ")).reason, "");
    for (const auto* bad : {"::slow-down", "::slow-down ", "::slow-down soon", "::slow-down  5m"})
        EXPECT_TRUE(is<MalformedLine>(bad)) << bad;
}

TEST(ExecProtocol, ReadsDiscard) {
    EXPECT_EQ(std::get<DiscardLine>(parse_exec_line("::discard no such user")).reason,
              "no such user");
    EXPECT_TRUE(is<MalformedLine>("::discard"));
    EXPECT_TRUE(is<MalformedLine>("::discard "));
}

TEST(ExecProtocol, OtherLinesAreLog) {
    for (const auto* line : {"", "hello", " ::result 1", "::results 1", "::progress-bar",
                             "::unknown 1", ":result 1", "::RESULT 1", "::", "::result\t1"}) {
        EXPECT_TRUE(is<LogLine>(line)) << line;
    }
}

RC_GTEST_PROP(ExecProtocol, NumbersRoundTrip, (std::uint64_t current, std::uint64_t total)) {
    const auto line = "::progress " + std::to_string(current) + "/" + std::to_string(total) + " x";
    const auto parsed = std::get<ProgressLine>(parse_exec_line(line));
    RC_ASSERT(parsed.current == current);
    RC_ASSERT(parsed.total == total);
}

RC_GTEST_PROP(ExecProtocol, EveryTextIsAcceptable, ()) {
    const auto* name = *rc::gen::element("", "::", "::progress ", "::result ", "::snooze ",
                                         "::slow-down ", "::discard ");
    const auto line =
        name + *rc::gen::container<std::string>(rc::gen::oneOf(
                   rc::gen::arbitrary<char>(), rc::gen::elementOf(std::string{"0123/ {}[]\"s"})));
    const auto parsed = parse_exec_line(line);
    if (const auto* result = std::get_if<ResultLine>(&parsed)) {
        RC_ASSERT(core::json_error(result->json).empty());
    }
    if (const auto* snooze = std::get_if<SnoozeLine>(&parsed))
        RC_ASSERT(snooze->delay >= Duration::zero());
    if (const auto* slow_down = std::get_if<SlowDownLine>(&parsed))
        RC_ASSERT(slow_down->delay >= Duration::zero());
    if (!line.starts_with("::")) RC_ASSERT(std::holds_alternative<LogLine>(parsed));
}

}  // namespace
}  // namespace errand::handlers
