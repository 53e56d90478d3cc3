#include "program_fixture.hpp"

#include "support/tzif_file.hpp"

namespace errand::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// With a time zone folder of its own, which holds Europe/Berlin alone.
class SchedulePreview : public ProgramTest {
protected:
    SchedulePreview() {
        std::filesystem::create_directories(folder_.path() / "zones/Europe");
        write_file("zones/Europe/Berlin", errand::test::TzifFile{}.bytes());
    }

    [[nodiscard]] ProgramResult preview(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"schedule", "preview"});
        auto with_zones = options();
        with_zones.environment["TZDIR"] = (folder_.path() / "zones").string();
        return errand::test::run_program(command(std::move(arguments)), with_zones);
    }
    [[nodiscard]] std::string shown(std::vector<std::string> arguments) const {
        const auto result = preview(std::move(arguments));
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return result.out;
    }
    [[nodiscard]] std::string refused(std::vector<std::string> arguments) const {
        const auto result = preview(std::move(arguments));
        EXPECT_EQ(result.exit_code, 2) << result.out;
        EXPECT_EQ(result.out, "");
        return result.err;
    }
};

TEST_F(SchedulePreview, PrintsAnArrayOfTimes) {
    EXPECT_EQ(shown({"--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--from",
                     "2026-03-27T12:00:00Z", "--count", "3", "--json"}),
              R"(["2026-03-28T01:30:00Z","2026-03-29T01:00:00Z","2026-03-30T00:30:00Z"])"
              "\n");
    EXPECT_EQ(shown({"--json", "--cron", "CRON_TZ=Europe/Berlin 30 2 * * *", "--dst", "skip",
                     "--from", "2026-03-27T12:00:00Z", "--count", "2"}),
              R"(["2026-03-28T01:30:00Z","2026-03-30T00:30:00Z"])"
              "\n");
    EXPECT_EQ(
        shown({"--every", "90s", "--from", "2026-01-01T00:00:00.5Z", "--count", "2", "--json"}),
        R"(["2026-01-01T00:01:30Z","2026-01-01T00:03:00Z"])"
        "\n");
    EXPECT_FALSE(exists("errand.db"));
}

TEST_F(SchedulePreview, PrintsATableWithNotes) {
    const auto table = shown({"--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--from",
                              "2026-03-27T12:00:00Z", "--count", "2", "--exclude", "2026-03-28"});
    EXPECT_THAT(table, HasSubstr("LOCAL"));
    EXPECT_THAT(table, HasSubstr("Sat 2026-03-28 02:30:00 CET   2026-03-28T01:30:00Z"));
    EXPECT_THAT(table, HasSubstr("excluded: does not fire"));
    EXPECT_THAT(table, HasSubstr("Sun 2026-03-29 03:00:00 CEST  2026-03-29T01:00:00Z"));
    EXPECT_THAT(table, HasSubstr("02:30:00 does not exist on that day: fires right after the gap"));
    EXPECT_THAT(shown({"--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--from",
                       "2026-10-24T12:00:00Z", "--count", "1"}),
                HasSubstr("02:30:00 comes twice on that day: this is the first"));
}

TEST_F(SchedulePreview, ReadsCalendarFiles) {
    write_file("days.txt", "2026-05-02 # closed\n");
    write_file("days.ics",
               "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260503\nEND:VEVENT\n"
               "END:VCALENDAR\n");
    EXPECT_EQ(shown({"--cron", "@daily", "--calendar", "days.txt", "--calendar", "days.ics",
                     "--from", "2026-05-01T00:00:00Z", "--count", "1", "--json"}),
              "[\"2026-05-04T00:00:00Z\"]\n");
    write_file("bad.txt", "2026-05-02\n2. Mai\n");
    EXPECT_THAT(refused({"--cron", "@daily", "--calendar", "bad.txt"}),
                HasSubstr("bad.txt:2: date"));
    EXPECT_THAT(refused({"--cron", "@daily", "--calendar", "none.txt"}),
                HasSubstr("calendar: \"none.txt\" cannot be read"));
    EXPECT_THAT(refused({"--cron", "@daily", "--calendar", "zones"}), HasSubstr("cannot be read"));
}

TEST_F(SchedulePreview, AddsTheJitter) {
    const auto times = shown({"--every", "1h", "--jitter", "10m", "--from", "2026-05-01T00:30:00Z",
                              "--count", "1", "--json"});
    EXPECT_THAT(times, Not(HasSubstr("T01:00:00Z")));
    EXPECT_THAT(times, HasSubstr("[\"2026-05-01T01:0"));
}

TEST_F(SchedulePreview, SaysWhenTheScheduleHasEnded) {
    const auto result = preview({"--at", "2020-01-01T00:00:00Z"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("the schedule has ended"));
    EXPECT_EQ(shown({"--at", "2020-01-01T00:00:00Z", "--json"}), "[]\n");
}

TEST_F(SchedulePreview, RefusesInOneLine) {
    EXPECT_THAT(refused({}), HasSubstr("there is none of cron, every and at"));
    EXPECT_THAT(refused({"--cron", "0 25 * * *"}), HasSubstr("hour \"25\" at character 3"));
    EXPECT_THAT(refused({"--cron", "0 0 30 2 *"}), HasSubstr("never fits"));
    EXPECT_THAT(refused({"--cron", "\xff * * * *"}), HasSubstr("minute"));
    EXPECT_THAT(refused({"--cron", "@daily", "--every", "1h"}), HasSubstr("keep one of them"));
    EXPECT_THAT(refused({"--cron", "@daily", "--timezone", "Berlin"}),
                HasSubstr("did you mean Europe/Berlin?"));
    EXPECT_THAT(refused({"--cron", "@daily", "--timezone", "../zones/Europe/Berlin"}),
                HasSubstr("is no name of a zone"));
    EXPECT_THAT(refused({"--cron", "@daily", "--dst", "none"}), HasSubstr("vixie, skip, utc"));
    EXPECT_THAT(refused({"--cron", "@daily", "--from", "noon"}),
                HasSubstr("--from: time \"noon\""));
    EXPECT_THAT(refused({"--cron", "@daily", "--count", "0"}), HasSubstr("--count: 0"));
    EXPECT_THAT(refused({"--cron", "@daily", "--count", "1001"}), HasSubstr("1 to 1000"));
    EXPECT_THAT(refused({"--cron", "@daily", "--exclude", "christmas"}), HasSubstr("exclusions"));
}

}  // namespace
}  // namespace errand::cli::test
