#include "demo/mail.hpp"

#include "demo/job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* date = "Sat, 31 Jan 2026 08:00:00 +0000";

std::string message_with(const char* subject, const std::string& body) {
    return message_of({"ada@example.org", subject, body}, "0198c2e4", date);
}

TEST(MessageOf, HasTheHeadersThatAMailNeeds) {
    const auto message = message_with("Hello", "text");
    EXPECT_THAT(message, HasSubstr("Date: Sat, 31 Jan 2026 08:00:00 +0000\r\n"));
    EXPECT_THAT(message, HasSubstr("To: <ada@example.org>\r\n"));
    EXPECT_THAT(message, HasSubstr("Subject: Hello\r\n"));
    EXPECT_THAT(message, HasSubstr("Message-ID: <0198c2e4@errand.example>\r\n"));
}

TEST(MessageOf, LinesEndWithCrlf) {
    EXPECT_THAT(message_with("Hello", "one\ntwo\r\n\nthree"),
                EndsWith("\r\n\r\none\r\ntwo\r\n\r\nthree\r\n"));
}

TEST(MessageOf, ASubjectBeyondAsciiIsEncoded) {
    EXPECT_THAT(message_with("für", ""), HasSubstr("Subject: =?UTF-8?B?ZsO8cg==?=\r\n"));
    EXPECT_THAT(message_with("für Ada", ""), HasSubstr("Subject: =?UTF-8?B?ZsO8ciBBZGE=?=\r\n"));
    EXPECT_THAT(message_with("früh", ""), HasSubstr("Subject: =?UTF-8?B?ZnLDvGg=?=\r\n"));
}

TEST(MessageOf, RefusesToCarryHeadersInside) {
    EXPECT_THROW((void)message_with("Hi\r\nBcc: all@example.org", ""), Discard);
    EXPECT_THROW((void)message_of({"ada@example.org\n", "Hi", ""}, "1", date), Discard);
}

TEST(MessageOf, RefusesLinesThatMailDoesNotCarry) {
    EXPECT_NO_THROW((void)message_with("Hi", std::string(998, 'x')));
    EXPECT_THROW((void)message_with("Hi", "short\n" + std::string(999, 'x')), Discard);
}

TEST(WhyUndeliverable, NamesTheReason) {
    EXPECT_THAT(why_undeliverable("ada@example.invalid"), HasSubstr(".invalid"));
    EXPECT_THAT(why_undeliverable("ada@example.org"), IsEmpty());
}

TEST(WhyUndeliverable, KnowsWhatIsNoAddress) {
    for (const char* address : {"", "ada", "@example.org", "ada@", "a@b> SIZE=1", "a@b,c@d"})
        EXPECT_THAT(why_undeliverable(address), Not(IsEmpty())) << address;
}

}  // namespace
}  // namespace demo
