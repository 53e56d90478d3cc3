#include "core/step_keys.hpp"

#include <errand/limits.hpp>

#include <gtest/gtest.h>

#include <string>

namespace errand::core {
namespace {

using namespace std::chrono_literals;

TEST(StepKeys, KindsDoNotMeet) {
    EXPECT_EQ(step_key("a"), "step:a");
    EXPECT_EQ(sleep_key("a"), "sleep:a");
    EXPECT_EQ(wait_key("a"), "wait:a");
    EXPECT_EQ(signal_key("a"), "signal:a");
    EXPECT_EQ(cursor_key("a"), "cursor:a");
    EXPECT_EQ(cursor_key(""), "cursor");
}

TEST(StepKeys, AWaitIsReadAsItWasWritten) {
    for (const WaitNote& note :
         {WaitNote{Timestamp{1'800'000'000'123'456us}, false}, WaitNote{min_timestamp, false},
          WaitNote{max_timestamp, false}, WaitNote{{}, true}}) {
        EXPECT_EQ(parse_wait_note(to_json_text(note)), note) << to_json_text(note);
    }
    EXPECT_EQ(to_json_text({Timestamp{7us}, false}), "7");
    EXPECT_EQ(to_json_text({{}, true}), "\"over\"");
}

TEST(StepKeys, OtherTextsAreNoWait) {
    for (const auto* text : {"", "null", "over", "\"Over\"", "1.5", " 1", "1 ", "-1", "+1",
                             "9223372036854775807", "99999999999999999999", "{}"}) {
        EXPECT_EQ(parse_wait_note(text), std::nullopt) << text;
    }
}

TEST(StepKeys, AMomentLiesInTheYearsThatThereAre) {
    const Timestamp now{1'800'000'000s};
    EXPECT_EQ(moment_after(now, 5s), now + 5s);
    EXPECT_EQ(moment_after(max_timestamp - 1s, 1s), max_timestamp);
    EXPECT_EQ(moment_after(max_timestamp - 1s, max_duration), max_timestamp);
    EXPECT_EQ(moment_after(max_timestamp, 1us), max_timestamp);
}

}  // namespace
}  // namespace errand::core
