#include "demo/smtp_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class SmtpSessionTest : public testing::Test {
protected:
    /// Sends lines in their order; the last one's answer comes back.
    std::string say(std::initializer_list<std::string_view> lines) {
        std::string answer;
        for (const auto line : lines)
            answer = session_.answer(line);
        return answer;
    }
    void begin_mail() {
        say({"EHLO here", "MAIL FROM:<demo@example.org>", "RCPT TO:<ada@example.org>", "DATA"});
    }

    std::vector<ReceivedMail> mails_;
    bool refuse_ = false;
    SmtpSession session_{[this](const ReceivedMail& mail) {
        if (refuse_) throw std::runtime_error("disk full");
        mails_.push_back(mail);
    }};
};

TEST_F(SmtpSessionTest, ADialogueDeliversAMail) {
    EXPECT_THAT(SmtpSession::greeting(), StartsWith("220 "));
    EXPECT_THAT(say({"EHLO here"}), StartsWith("250-"));
    EXPECT_THAT(say({"MAIL FROM:<demo@example.org> SIZE=12"}), StartsWith("250 "));
    EXPECT_THAT(say({"RCPT TO:<ada@example.org>"}), StartsWith("250 "));
    EXPECT_THAT(say({"RCPT TO:<grace@example.org>"}), StartsWith("250 "));
    EXPECT_THAT(say({"DATA"}), StartsWith("354 "));
    EXPECT_EQ(say({"Subject: Hi"}), "");
    EXPECT_EQ(say({"", "text"}), "");
    EXPECT_THAT(say({"."}), StartsWith("250 "));
    ASSERT_EQ(mails_.size(), 1U);
    EXPECT_EQ(mails_[0].from, "demo@example.org");
    EXPECT_THAT(mails_[0].to, ElementsAre("ada@example.org", "grace@example.org"));
    EXPECT_EQ(mails_[0].message, "Subject: Hi\r\n\r\ntext\r\n");
    EXPECT_FALSE(session_.is_over());
    EXPECT_THAT(say({"QUIT"}), StartsWith("221 "));
    EXPECT_TRUE(session_.is_over());
}

TEST_F(SmtpSessionTest, LeadingDotsLoseTheOneThatWasAdded) {
    begin_mail();
    say({"..", "...", "..hidden", "inner.dot", "QUIT", "."});
    ASSERT_EQ(mails_.size(), 1U);
    EXPECT_EQ(mails_[0].message, ".\r\n..\r\n.hidden\r\ninner.dot\r\nQUIT\r\n");
}

TEST_F(SmtpSessionTest, ASecondMailBeginsAnew) {
    begin_mail();
    say({"first", "."});
    EXPECT_THAT(say({"DATA"}), StartsWith("503 "));
    begin_mail();
    say({"second", "."});
    ASSERT_EQ(mails_.size(), 2U);
    EXPECT_THAT(mails_[1].to, ElementsAre("ada@example.org"));
    EXPECT_EQ(mails_[1].message, "second\r\n");
}

TEST_F(SmtpSessionTest, CommandsOutOfOrderAreRefused) {
    EXPECT_THAT(say({"MAIL FROM:<demo@example.org>"}), StartsWith("503 "));
    EXPECT_THAT(say({"HELO here", "RCPT TO:<ada@example.org>"}), StartsWith("503 "));
    EXPECT_THAT(say({"MAIL FROM:<demo@example.org>", "DATA"}), StartsWith("503 "));
    EXPECT_THAT(say({"MAIL FROM:<demo@example.org>"}), StartsWith("503 "));
}

TEST_F(SmtpSessionTest, ResetForgetsTheMail) {
    say({"EHLO here", "MAIL FROM:<demo@example.org>", "RCPT TO:<ada@example.org>", "RSET"});
    EXPECT_THAT(say({"DATA"}), StartsWith("503 "));
}

TEST_F(SmtpSessionTest, CommandsAreKnownInAnyCase) {
    EXPECT_THAT(say({"ehlo here", "Mail From:<>"}), StartsWith("250 "));
}

TEST_F(SmtpSessionTest, UnknownAndMalformedCommandsAreRefused) {
    EXPECT_THAT(say({"BREW coffee"}), StartsWith("500 "));
    EXPECT_THAT(say({""}), StartsWith("500 "));
    EXPECT_THAT(say({"EHLO here", "MAIL FROM: nobody"}), StartsWith("501 "));
    EXPECT_THAT(say({"MAIL FROM:<a@b>", "RCPT TO:>x<"}), StartsWith("501 "));
}

TEST_F(SmtpSessionTest, AMailThatCannotBeKeptMayComeAgain) {
    refuse_ = true;
    begin_mail();
    EXPECT_THAT(say({"text", "."}), StartsWith("451 "));
    refuse_ = false;
    begin_mail();
    EXPECT_THAT(say({"text", "."}), StartsWith("250 "));
}

TEST_F(SmtpSessionTest, ATooLargeMailIsRefusedAndNotKept) {
    begin_mail();
    const std::string line(1'000, 'x');
    for (std::size_t bytes = 0; bytes <= smtp_mail_bytes; bytes += line.size())
        (void)session_.answer(line);
    EXPECT_THAT(say({"."}), StartsWith("552 "));
    EXPECT_THAT(mails_, IsEmpty());
}

TEST_F(SmtpSessionTest, RecipientsAreBounded) {
    say({"EHLO here", "MAIL FROM:<demo@example.org>"});
    for (std::size_t i = 0; i < smtp_recipients; ++i)
        EXPECT_THAT(say({"RCPT TO:<ada@example.org>"}), StartsWith("250 "));
    EXPECT_THAT(say({"RCPT TO:<ada@example.org>"}), StartsWith("452 "));
}

}  // namespace
}  // namespace demo
