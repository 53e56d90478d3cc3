#include "base/tzif.hpp"

#include <errand/time.hpp>

#include "support/tzif_file.hpp"
#include "unit/expect_error.hpp"

namespace errand::base {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using test::TzifFile;
using ::testing::HasSubstr;

std::chrono::sys_seconds at(std::string_view text) {
    return std::chrono::floor<std::chrono::seconds>(parse_timestamp(text));
}

std::chrono::seconds offset(const TimeZone& zone, std::string_view time) {
    return zone.period_at(at(time)).offset;
}

TEST(Tzif, ListsChangesThenFollowsItsRule) {
    const auto zone = parse_tzif("Test/Zone", TzifFile{}.bytes());
    EXPECT_EQ(zone.name(), "Test/Zone");
    EXPECT_EQ(offset(zone, "2001-01-01T00:00:00Z"), 1h);
    EXPECT_EQ(offset(zone, "2002-01-01T00:00:00Z"), 2h);
    EXPECT_EQ(offset(zone, "2004-12-01T00:00:00Z"), 1h);
    EXPECT_EQ(offset(zone, "2005-07-01T00:00:00Z"), 2h);
    EXPECT_EQ(offset(zone, "2938-07-01T00:00:00Z"), 2h);
    EXPECT_EQ(zone.period_at(at("2002-01-01T00:00:00Z")).abbreviation, "CEST");
}

TEST(Tzif, PeriodsFollowEachOtherWithoutAHole) {
    const auto zone = parse_tzif("Test/Zone", TzifFile{}.bytes());
    auto period = zone.period_at(zones_begin);
    EXPECT_EQ(period.begin, zones_begin);
    for (int count = 0; count < 100; ++count) {
        EXPECT_EQ(zone.period_at(period.end - 1s).begin, period.begin);
        const auto next = zone.period_at(period.end);
        EXPECT_EQ(next.begin, period.end);
        EXPECT_LT(next.begin, next.end);
        period = next;
    }
    EXPECT_EQ(zone.period_at(zones_end + 1h).end, zone.period_at(zones_end - 1s).end);
}

TEST(Tzif, FirstVersionHasNoRule) {
    TzifFile file;
    file.version = '\0';
    const auto zone = parse_tzif("Test/Zone", file.bytes());
    EXPECT_EQ(offset(zone, "2002-01-01T00:00:00Z"), 2h);
    EXPECT_EQ(offset(zone, "2030-07-01T00:00:00Z"), 1h);
}

TEST(Tzif, WithoutARuleTheLastKindGoesOn) {
    TzifFile file;
    file.footer = "\n\n";
    EXPECT_EQ(offset(parse_tzif("Test/Zone", file.bytes()), "2030-07-01T00:00:00Z"), 1h);
}

TEST(Tzif, WithoutChangesTheRuleHoldsForEver) {
    TzifFile file;
    file.changes.clear();
    file.footer = "\n<+0545>-5:45\n";
    EXPECT_EQ(offset(parse_tzif("Test/Zone", file.bytes()), "1990-07-01T00:00:00Z"), 5h + 45min);
}

TEST(Tzif, IsRefusedWhenDamaged) {
    const auto refusal = [](const std::string& bytes) {
        return message_of_refusal([&] { (void)parse_tzif("Test/Zone", bytes); });
    };
    const auto with = [&](auto change) {
        TzifFile file;
        change(file);
        return refusal(file.bytes());
    };
    EXPECT_THAT(refusal(""), HasSubstr("time zone \"Test/Zone\": its file is cut off"));
    EXPECT_THAT(refusal(std::string(100, 'x')), HasSubstr("is no time zone file"));
    EXPECT_THAT(with([](TzifFile& f) { f.leap_seconds = 27; }), HasSubstr("counts leap seconds"));
    EXPECT_THAT(with([](TzifFile& f) { f.kinds.clear(); }), HasSubstr("has no kinds of time"));
    EXPECT_THAT(with([](TzifFile& f) { f.kinds[0].offset = 100'000; }), HasSubstr("beyond a day"));
    EXPECT_THAT(with([](TzifFile& f) { f.kinds[0].name = 9; }), HasSubstr("without name"));
    EXPECT_THAT(with([](TzifFile& f) { f.names.back() = 'T'; }), HasSubstr("without name"));
    EXPECT_THAT(with([](TzifFile& f) { f.changes[0].second = 2; }), HasSubstr("that it has not"));
    EXPECT_THAT(with([](TzifFile& f) { f.changes[1].first = 0; }), HasSubstr("out of order"));
    EXPECT_THAT(with([](TzifFile& f) { f.footer = ""; }), HasSubstr("lacks the rule"));
    EXPECT_THAT(with([](TzifFile& f) { f.footer = "\nCET-1"; }), HasSubstr("lacks the rule"));
    EXPECT_THAT(with([](TzifFile& f) { f.footer = "\nCET\n"; }),
                HasSubstr("time zone rule \"CET\""));
}

TEST(Tzif, IsRefusedAtWhateverByteItIsCutOff) {
    const auto bytes = TzifFile{}.bytes();
    for (std::size_t size = 0; size + 1 < bytes.size(); ++size) {
        EXPECT_THROW((void)parse_tzif("Test/Zone", bytes.substr(0, size)), Error) << size;
    }
}

}  // namespace
}  // namespace errand::base
