#include "core/schedule/calendar_file.hpp"

#include "core/schedule/dates.hpp"
#include "unit/expect_error.hpp"

namespace errand::core {
namespace {

using test::message_of_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> days(std::string_view text) {
    std::vector<std::string> texts;
    for (const auto& range : parse_calendar(text, "days"))
        texts.push_back(to_string(range));
    return texts;
}

std::string refusal(std::string_view text) {
    return message_of_refusal([&] { (void)parse_calendar(text, "days.ics"); });
}

/// A calendar with one event of these lines.
std::string event(const std::string& lines) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n" + lines +
           "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

TEST(CalendarFile, HasADatePerLine) {
    EXPECT_THAT(days("# holidays\n2026-12-25\n\n  2026-12-24 # eve\r\n2027-01-01/2027-01-06\n"),
                ElementsAre("2026-12-24/2026-12-25", "2027-01-01/2027-01-06"));
    EXPECT_THAT(days(""), IsEmpty());
    EXPECT_THAT(days("\xEF\xBB\xBF"
                     "2026-12-25"),
                ElementsAre("2026-12-25"));
    EXPECT_THAT(refusal("2026-12-25\n24.12.2026\n"),
                HasSubstr("days.ics:2: date \"24.12.2026\": write it like 2026-12-24"));
    EXPECT_THAT(refusal("2026-02-29\n"), HasSubstr("there is no such day"));
    EXPECT_THAT(refusal("1969-12-31\n"), HasSubstr("1970 to 9999"));
    EXPECT_THAT(refusal(std::string((4U << 20) + 1, '#')), HasSubstr("at most 4194304"));
}

TEST(CalendarFile, MayBeICalendar) {
    EXPECT_THAT(days(event("DTSTART;VALUE=DATE:20261224\r\n")), ElementsAre("2026-12-24"));
    EXPECT_THAT(days(event("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n")),
                ElementsAre("2026-12-24/2026-12-26"));
    EXPECT_THAT(days(event("DTSTART:20261224T180000Z\r\nDTEND:20261225T020000Z\r\n")),
                ElementsAre("2026-12-24/2026-12-25"));
    EXPECT_THAT(days(event("dtstart;TZID=Europe/Berlin:20261224T180000\nDTEND:20261225T000000\n")),
                ElementsAre("2026-12-24"));
    EXPECT_THAT(days(event("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261224\r\n")),
                ElementsAre("2026-12-24"));
}

TEST(CalendarFile, OfICalendarIsReadAcrossFoldedLinesAndAlarms) {
    EXPECT_THAT(days(event("SUMMARY:long\r\n  text\r\nDTSTART;VALUE=DA\r\n TE:20261224\r\n"
                           "BEGIN:VALARM\r\nDTSTART:20200101T000000\r\nDURATION:PT5M\r\n"
                           "END:VALARM\r\n")),
                ElementsAre("2026-12-24"));
    EXPECT_THAT(days("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"
                     "RRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR\n"),
                IsEmpty());
}

TEST(CalendarFile, OfICalendarIsRefusedRatherThanReadInPart) {
    EXPECT_THAT(refusal(event("DTSTART:20261224\r\nRRULE:FREQ=YEARLY\r\n")),
                HasSubstr("days.ics:5: RRULE is not read here"));
    EXPECT_THAT(refusal(event("DTSTART:20261224\r\nDURATION:P2D\r\n")), HasSubstr("DURATION"));
    EXPECT_THAT(refusal(event("SUMMARY:x\r\n")), HasSubstr("days.ics:5: the event has no DTSTART"));
    EXPECT_THAT(refusal(event("DTSTART:tomorrow\r\n")), HasSubstr("is no date such as 20261224"));
    EXPECT_THAT(refusal(event("DTSTART:20261224\r\nDTEND:20\r\n")), HasSubstr("is no date such"));
    EXPECT_THAT(refusal(event("DTSTART:20261332\r\n")), HasSubstr("there is no such day"));
    EXPECT_THAT(refusal("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224\n"),
                HasSubstr("days.ics: the file ends within an event"));
}

}  // namespace
}  // namespace errand::core
