#include "core/iso_duration.hpp"

#include "unit/expect_error.hpp"

namespace errand::core {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;

TEST(IsoDuration, ReadsWeeksToSeconds) {
    EXPECT_EQ(parse_iso_duration("PT1S"), Duration{1s});
    EXPECT_EQ(parse_iso_duration("PT0.5S"), Duration{500ms});
    EXPECT_EQ(parse_iso_duration("PT0,000001S"), Duration{1us});
    EXPECT_EQ(parse_iso_duration("PT1M30S"), Duration{90s});
    EXPECT_EQ(parse_iso_duration("P1DT12H"), Duration{36h});
    EXPECT_EQ(parse_iso_duration("P2W"), Duration{336h});
    EXPECT_EQ(parse_iso_duration("PT0S"), Duration{});
    EXPECT_EQ(parse_iso_duration("P36500D"), Duration{std::chrono::days{36'500}});
}

TEST(IsoDuration, RefusesTheRestWithAnExample) {
    for (const std::string_view text :
         {"",    "P",    "PT",      "P1DT",           "1S",    "PT1",   "PTS",
          "P1Y", "P1M",  "PT1S2M",  "PT1S1S",         "PT-1S", "PT1.S", "PT.5S",
          "P1S", "PT1D", "P36501D", "PT99999999999S", "pt1s",  "PT1S "}) {
        EXPECT_THAT(message_of_refusal([&] { static_cast<void>(parse_iso_duration(text)); }),
                    ::testing::HasSubstr("PT1M30S"))
            << text;
    }
}

}  // namespace
}  // namespace errand::core
