#include "support/fake_context.hpp"
#include "support/local_smtp_server.hpp"
#include "support/temp_dir.hpp"

#include <errand/error.hpp>
#include <errand/handlers.hpp>

#include <gmock/gmock.h>

#include <fstream>

namespace errand::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = Outcome::Kind;

EmailOptions options_for(const LocalSmtpServer& server) {
    EmailOptions options;
    options.server = server.address();
    options.from = "Shop <shop@example.org>";
    return options;
}

Outcome send(const EmailOptions& options, const std::string& args, FakeContext& job) {
    job.job_args = "[" + args + "]";
    return email_handler(options)(job);
}
Outcome send(const EmailOptions& options, const std::string& args) {
    FakeContext job;
    return send(options, args, job);
}

constexpr const char* small_mail =
    R"({"to": ["ada@example.org"], "subject": "Hello", "text": "Hi"})";

/// What a mail comes to when the server gives `reply` to the command that starts with `command`.
Outcome outcome_when(const std::string& command, const std::string& reply) {
    LocalSmtpServer server{[&](std::string_view said) {
        const bool is_it = command.empty() ? said.empty() : said.starts_with(command);
        return is_it ? reply : std::string{};
    }};
    return send(options_for(server), small_mail);
}

TEST(Email, ReachesAllRecipientsAndHidesTheHiddenOnes) {
    LocalSmtpServer server;
    FakeContext job;
    const auto outcome = send(options_for(server), R"({
        "to": "Ada <ada@example.org>", "cc": ["b@example.org", "ada@example.org"],
        "bcc": ["c@example.org"], "reply_to": "help@example.org", "subject": "Grüße",
        "text": "Hi\n.dot\n", "html": "<p>Hi</p>", "headers": {"X-Team": "billing"}})",
                              job);
    EXPECT_EQ(outcome.kind(), Kind::done) << outcome.text();
    const auto id = to_string(job.id());
    EXPECT_EQ(outcome.text(), R"({"message_id":"<)" + id + R"(@example.org>","recipients":3})");
    const auto mails = server.mails();
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].from, "shop@example.org");
    EXPECT_THAT(mails[0].to, ElementsAre("ada@example.org", "b@example.org", "c@example.org"));
    EXPECT_THAT(
        mails[0].message,
        AllOf(HasSubstr("Message-ID: <" + id + "@example.org>\r\n"),
              HasSubstr("From: \"Shop\" <shop@example.org>\r\n"),
              HasSubstr("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"), HasSubstr("X-Team: billing\r\n"),
              HasSubstr("\r\nHi\r\n.dot\r\n"), Not(HasSubstr("c@example.org"))));
}

TEST(Email, ARepeatHasTheSameMessageId) {
    LocalSmtpServer server;
    for (std::uint32_t attempt : {1U, 2U}) {
        FakeContext job;
        job.job_attempt = attempt;
        EXPECT_EQ(send(options_for(server), small_mail, job).kind(), Kind::done);
    }
    const auto mails = server.mails();
    ASSERT_EQ(mails.size(), 2U);
    const auto line = [](const std::string& message) {
        const auto at = message.find("Message-ID: ");
        return message.substr(at, message.find('\r', at) - at);
    };
    EXPECT_EQ(line(mails[0].message), line(mails[1].message));
}

TEST(Email, TheArgsMayNameTheSender) {
    LocalSmtpServer server;
    auto options = options_for(server);
    EXPECT_EQ(send(options, R"({"from": "me@here.example", "to": "a@b.c", "text": "x"})").kind(),
              Kind::done);
    EXPECT_EQ(server.mails().at(0).from, "me@here.example");
    options.from.clear();
    const auto outcome = send(options, small_mail);
    EXPECT_EQ(outcome.kind(), Kind::discard);
    EXPECT_THAT(outcome.text(), StartsWith("from: is missing"));
}

TEST(Email, PermanentRefusalsOfTheMailDiscard) {
    for (const auto* command : {"MAIL FROM", "RCPT TO", "DATA", "."}) {
        const auto outcome = outcome_when(command, "550 5.1.1 no such user");
        EXPECT_EQ(outcome.kind(), Kind::discard) << command << ": " << outcome.text();
        EXPECT_EQ(outcome.error_type(), "smtp 550") << command;
        EXPECT_THAT(outcome.text(), HasSubstr("550 5.1.1 no such user")) << command;
    }
}

TEST(Email, TransientRefusalsAreTriedAgain) {
    for (const auto* command : {"", "MAIL FROM", "RCPT TO", "DATA", "."}) {
        const auto outcome = outcome_when(command, "451 4.3.0 later");
        EXPECT_EQ(outcome.kind(), Kind::fail) << command << ": " << outcome.text();
        EXPECT_EQ(outcome.error_type(), "smtp 451") << command;
    }
}

TEST(Email, RefusalsOfTheWorkerAreTriedAgain) {
    EXPECT_EQ(outcome_when("", "554 5.3.2 not you").kind(), Kind::fail);
    EXPECT_EQ(outcome_when("MAIL FROM", "530 5.7.0 authenticate first").kind(), Kind::fail);
}

TEST(Email, OneBadRecipientMeansThatNobodyGetsIt) {
    LocalSmtpServer server{[](std::string_view command) {
        return command == "RCPT TO:<b@example.org>" ? std::string{"550 no such user"}
                                                    : std::string{};
    }};
    const auto outcome =
        send(options_for(server), R"({"to": ["a@example.org", "b@example.org"], "text": "x"})");
    EXPECT_EQ(outcome.kind(), Kind::discard);
    EXPECT_THAT(server.mails(), IsEmpty());
}

TEST(Email, SignsInWithoutShowingThePassword) {
    std::string reply = "235 welcome";
    LocalSmtpServer server{[&](std::string_view command) {
        return command.starts_with("AUTH") ? reply : std::string{};
    }};
    auto options = options_for(server);
    options.user = "shop";
    options.password = "hush hush";
    EXPECT_EQ(send(options, small_mail).kind(), Kind::done);
    EXPECT_THAT(server.commands(), Contains("AUTH PLAIN AHNob3AAaHVzaCBodXNo"));
    reply = "535 5.7.8 AHNob3AAaHVzaCBodXNo hush hush";
    const auto outcome = send(options, small_mail);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_THAT(outcome.text(),
                AllOf(HasSubstr("535"), Not(HasSubstr("hush")), Not(HasSubstr("AHNo"))));
}

TEST(Email, FilesAreAttachedFromTheFoldersAlone) {
    const errand::test::TempDir folder;
    std::ofstream(folder.path() / "report.pdf") << "%PDF";
    LocalSmtpServer server;
    auto options = options_for(server);
    options.attachments = {folder.path().string()};
    const auto with = [](const std::string& path) {
        return R"({"to": "a@b.c", "text": "x", "attachments": [{"path": ")" + path + R"("}]})";
    };
    EXPECT_EQ(send(options, with("report.pdf")).kind(), Kind::done);
    EXPECT_THAT(server.mails().at(0).message,
                AllOf(HasSubstr("Content-Type: application/pdf\r\n"),
                      HasSubstr("attachment; filename=\"report.pdf\"\r\n\r\nJVBERg==\r\n")));
    EXPECT_EQ(send(options, with("/etc/passwd")).kind(), Kind::discard);
    EXPECT_EQ(send(options, with("later.pdf")).kind(), Kind::fail);
    options.attachment_bytes = 3;
    EXPECT_EQ(send(options, with("report.pdf")).kind(), Kind::discard);
    options.attachments.clear();
    EXPECT_EQ(send(options, with("report.pdf")).kind(), Kind::discard);
    EXPECT_EQ(server.mails().size(), 1U);
}

TEST(Email, ArgumentsThatNoAttemptCanSendAreDiscarded) {
    LocalSmtpServer server;
    const auto options = options_for(server);
    struct Case {
        const char* args;
        const char* reason;
    };
    for (const auto& [args, reason] : {
             Case{"7", "write"},
             {"{}", "to: is empty"},
             {R"({"to": [], "text": "x"})", "to: is empty"},
             {R"({"to": 7, "text": "x"})", "to: "},
             {R"({"to": "ada", "text": "x"})", "to: "},
             {R"({"to": "a@b.c"})", "text: is missing"},
             {R"({"to": "a@b.c", "text": "x", "subjekt": "x"})", R"(did you mean "subject")"},
             {R"({"to": "a@b.c\r\nRCPT TO:<x@y.z>", "text": "x"})", "to: "},
             {R"({"to": "A\nB <a@b.c>", "text": "x"})", "to: "},
             {R"({"to": "a@b.c", "text": "x", "subject": "x\r\nBcc: y@z.q"})", "subject: "},
             {R"({"to": "a@b.c", "text": "x", "subject": "x\u0000"})", "subject: "},
             {R"({"to": "a@b.c", "text": "x", "reply_to": "a@b.c\n"})", "reply_to: "},
             {R"({"to": "a@b.c", "text": "x", "headers": {"X-A": "b\nBcc: x@y"}})", "headers: X-A"},
             {R"({"to": "a@b.c", "text": "x", "headers": {"X-A:b": "c"}})", "headers: "},
             {R"({"to": "a@b.c", "text": "x", "headers": {"bCC": "x@y.z"}})", "headers: "},
             {R"({"to": "a@b.c", "text": "x", "headers": {"Content-Type": "a/b"}})", "headers: "},
             {R"({"to": "a@b.c", "text": "x", "attachments": [{}]})", "attachments: path"},
             {R"({"to": "a@b.c", "text": "x", "attachments": ["x"]})", "attachments: must be"},
             {R"({"to": "a@b.c", "text": "x", "attachments": [{"\r\npath": "x"}]})",
              R"(attachments: unknown member "\x0d\npath")"},
             {R"({"to": "a@b.c", "text": "x", "attachments": [{"path": "x", "name": "a\nb"}]})",
              "attachments: name"},
             {R"({"to": "a@b.c", "text": "x", "attachments": [{"path": "x", "type": "a\n/b"}]})",
              "attachments: type"},
         }) {
        const auto outcome = send(options, args);
        EXPECT_EQ(outcome.kind(), Kind::discard) << args;
        EXPECT_EQ(outcome.error_type(), "bad arguments") << args;
        EXPECT_THAT(outcome.text(), HasSubstr(reason)) << args;
    }
    EXPECT_THAT(server.commands(), IsEmpty());
}

TEST(Email, RecipientsAreBounded) {
    LocalSmtpServer server;
    std::string list;
    for (int i = 0; i < 100; ++i)
        list += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "@b.c\"";
    const auto mail = [](const std::string& to) {
        return R"({"to": [)" + to + R"(], "text": "x"})";
    };
    EXPECT_EQ(send(options_for(server), mail(list)).kind(), Kind::done);
    EXPECT_EQ(send(options_for(server), mail(list + ",\"x@b.c\"")).kind(), Kind::discard);
}

TEST(Email, ARehearsalChecksAndSendsNothing) {
    LocalSmtpServer server;
    FakeContext job;
    job.job_meta = R"({"errand":{"schedule":"s","rehearsal":true}})";
    const auto outcome = send(options_for(server), small_mail, job);
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_THAT(outcome.text(), HasSubstr(R"("sent":false)"));
    EXPECT_EQ(send(options_for(server), "{}", job).kind(), Kind::discard);
    EXPECT_THAT(server.commands(), IsEmpty());
}

TEST(Email, AServerThatIsGoneOrSilentFails) {
    EmailOptions options;
    options.from = "a@b.c";
    {
        const LocalSmtpServer gone;
        options.server = gone.address();
    }
    EXPECT_EQ(send(options, small_mail).error_type(), "connection");
    FakeContext job;
    job.stop(StopReason::cancelled);
    EXPECT_EQ(send(options, small_mail, job).error_type(), "stopped");
}

TEST(Email, WithoutStartTlsNothingIsSentWhereItIsRequired) {
    LocalSmtpServer server;
    auto options = options_for(server);
    options.tls = SmtpTls::required;
    const auto outcome = send(options, small_mail);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_THAT(server.mails(), IsEmpty());
    options.tls = SmtpTls::opportunistic;
    EXPECT_EQ(send(options, small_mail).kind(), Kind::done);
}

TEST(Email, OptionsAreChecked) {
    const auto refusal = [](EmailOptions options) -> std::string {
        try {
            static_cast<void>(email_handler(std::move(options)));
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
            return error.what();
        }
        return "";
    };
    const auto with = [](auto change) {
        EmailOptions options;
        options.server = "mail.example:587";
        change(options);
        return options;
    };
    EXPECT_EQ(refusal(with([](auto&) {})), "");
    EXPECT_EQ(refusal(with([](auto& o) { o.server = "smtps://mail.example"; })), "");
    EXPECT_EQ(refusal(with([](auto& o) { o.server = "[::1]:25"; })), "");
    for (const auto* server : {"", "http://mail.example", "mail.example:x", "mail.example/path",
                               "smtp://u:hush@mail.example", "mail.example:587\r\n", ":25"}) {
        EXPECT_THAT(refusal(with([&](auto& o) { o.server = server; })),
                    AllOf(StartsWith("email server: "), Not(HasSubstr("hush"))))
            << server;
    }
    const auto secret = [](EmailOptions& o) {
        o.user = "u";
        o.password = "hush";
    };
    EXPECT_EQ(refusal(with(secret)), "");
    for (const auto tls : {SmtpTls::off, SmtpTls::opportunistic}) {
        EXPECT_THAT(refusal(with([&](auto& o) {
                        secret(o);
                        o.tls = tls;
                    })),
                    AllOf(StartsWith("email tls: "), Not(HasSubstr("hush"))));
    }
    EXPECT_THAT(refusal(with([](auto& o) { o.user = "u"; })), StartsWith("email user: "));
    EXPECT_THAT(refusal(with([](auto& o) { o.from = "nobody"; })), HasSubstr("no mail address"));
    EXPECT_THAT(refusal(with([](auto& o) { o.timeout = 0s; })), StartsWith("email timeout: "));
    EXPECT_THAT(refusal(with([](auto& o) { o.attachments = {"/nowhere/at/all"}; })),
                HasSubstr("no folder"));
    EXPECT_THAT(refusal(with([](auto& o) { o.attachment_bytes = ~0ULL; })),
                StartsWith("email attachment_bytes: "));
}

}  // namespace
}  // namespace errand::testing
