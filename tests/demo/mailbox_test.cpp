#include "demo/mailbox.hpp"

#include "demo/files.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class MailboxTest : public testing::Test {
protected:
    void keep(const std::string& headers, const std::string& body = "text") {
        mailbox_.keep({"demo@example.org", {"ada@example.org"}, headers + "\r\n\r\n" + body});
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator{folder_.path()})
            names.push_back(entry.path().filename());
        return names;
    }

    errand::test::TempDir folder_;
    Mailbox mailbox_{folder_.path()};
};

TEST_F(MailboxTest, AMailIsAFileNamedAfterItsMessageId) {
    keep("Subject: Hi\r\nMessage-ID: <17@errand.example>", "hello");
    EXPECT_THAT(files(), UnorderedElementsAre("17@errand.example.eml"));
    EXPECT_THAT(read_file(folder_.path() / "17@errand.example.eml"), HasSubstr("hello"));
}

TEST_F(MailboxTest, AMailThatComesTwiceIsKeptOnceAndSaid) {
    testing::internal::CaptureStdout();
    keep("Subject: Hi\r\nMessage-ID: <17@errand.example>");
    keep("Subject: Hi\r\nMessage-ID: <17@errand.example>");
    EXPECT_EQ(testing::internal::GetCapturedStdout(),
              "mail to ada@example.org: Hi\nmail to ada@example.org: Hi (came again, kept once)\n");
    EXPECT_EQ(files().size(), 1U);
}

TEST_F(MailboxTest, MailsWithoutMessageIdAreAllKept) {
    keep("Subject: Hi");
    keep("Subject: Hi");
    EXPECT_THAT(files(), UnorderedElementsAre("mail-1.eml", "mail-2.eml"));
}

TEST_F(MailboxTest, AMessageIdCannotLeaveTheFolder) {
    keep("Message-ID: <../../../escape>");
    EXPECT_THAT(files(), UnorderedElementsAre("escape.eml"));
}

TEST_F(MailboxTest, WhatCannotBeKeptIsAnError) {
    std::filesystem::remove(folder_.path());
    write_file(folder_.path(), "a file in the folder's place");
    EXPECT_ANY_THROW(keep("Message-ID: <17@errand.example>"));
}

TEST(HeaderOf, FindsHeadersAndNothingInTheBody) {
    const std::string message = "Subject:  Hi there\r\nX-Empty:\r\n\r\nTo: body\r\n";
    EXPECT_EQ(header_of(message, "Subject"), "Hi there");
    EXPECT_EQ(header_of(message, "X-Empty"), "");
    EXPECT_EQ(header_of(message, "To"), "");
    EXPECT_EQ(header_of("", "To"), "");
}

}  // namespace
}  // namespace demo
