#include "handlers/mail_message.hpp"
#include "handlers/base64.hpp"
#include "handlers/mail_header.hpp"
#include "handlers/mail_type.hpp"

#include <errand/error.hpp>

#include <gmock/gmock.h>

namespace errand::handlers {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Timestamp a_time = parse_timestamp("2026-01-31T08:09:10.5Z");

MailMessage plain_mail() {
    MailMessage mail;
    mail.from = MailAddress::parse("Shop <shop@example.org>");
    mail.to = {MailAddress::parse("ada@example.org")};
    mail.subject = "Hello";
    mail.text = "First\nSecond";
    return mail;
}

std::size_t longest_line(std::string_view text) {
    std::size_t longest = 0;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        longest = std::max(longest, std::min(end, text.size()));
        text.remove_prefix(end == text.npos ? text.size() : end + 2);
    }
    return longest;
}

TEST(MailMessage, APlainMailIsPlain) {
    EXPECT_EQ(render_mail(plain_mail(), "key", a_time),
              "Date: Sat, 31 Jan 2026 08:09:10 +0000\r\n"
              "From: \"Shop\" <shop@example.org>\r\n"
              "To: ada@example.org\r\n"
              "Subject: Hello\r\n"
              "Message-ID: <key@example.org>\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: 7bit\r\n"
              "\r\n"
              "First\r\nSecond\r\n");
}

TEST(MailMessage, SeveralFormsAndFilesAreParts) {
    auto mail = plain_mail();
    mail.html = "<p>Grüße</p>";
    mail.cc = {MailAddress::parse("b@example.org"), MailAddress::parse("C <c@example.org>")};
    mail.reply_to = {MailAddress::parse("help@example.org")};
    mail.headers = {{"X-Team", "billing"}};
    mail.attachments = {{"Bericht März.pdf", "application/pdf", std::string(100, '\0')}};
    const auto text = render_mail(mail, "key", a_time);
    EXPECT_THAT(text, HasSubstr("Cc: b@example.org,\r\n \"C\" <c@example.org>\r\n"));
    EXPECT_THAT(text, HasSubstr("Reply-To: help@example.org\r\n"));
    EXPECT_THAT(text, HasSubstr("X-Team: billing\r\n"));
    EXPECT_THAT(text, HasSubstr("multipart/mixed; boundary=\"=_errand_parts\"\r\n\r\n"
                                "--=_errand_parts\r\nContent-Type: multipart/alternative"));
    EXPECT_THAT(text, HasSubstr("7bit\r\n\r\nFirst\r\nSecond\r\n\r\n--=_errand_forms\r\n"
                                "Content-Type: text/html"));
    EXPECT_THAT(text, HasSubstr(to_base64("<p>Grüße</p>\r\n")));
    EXPECT_THAT(text, HasSubstr("Content-Disposition: attachment; "
                                "filename*=UTF-8''Bericht%20M%C3%A4rz.pdf\r\n"));
    EXPECT_THAT(text, EndsWith("\r\n--=_errand_parts--\r\n"));
    EXPECT_LE(longest_line(text), 120U);
}

TEST(MailMessage, TextsThatSevenBitsCannotCarryAreEncoded) {
    for (const std::string text : {"ü", "a\rb", "bell\a", "x--=_errand_forms", "nul"}) {
        auto mail = plain_mail();
        mail.text = text == "nul" ? std::string{"\0", 1} : text;
        EXPECT_THAT(render_mail(mail, "key", a_time), HasSubstr("Encoding: base64")) << text;
    }
    auto mail = plain_mail();
    mail.text = std::string(998, 'x') + "\n" + std::string(998, 'y');
    EXPECT_THAT(render_mail(mail, "key", a_time), HasSubstr("Encoding: 7bit"));
    mail.text = std::string(999, 'x');
    const auto text = render_mail(mail, "key", a_time);
    EXPECT_THAT(text, HasSubstr("Encoding: base64"));
    EXPECT_LE(longest_line(text), 78U);
}

TEST(MailMessage, AMailToHiddenRecipientsSaysSo) {
    auto mail = plain_mail();
    mail.to.clear();
    EXPECT_THAT(render_mail(mail, "key", a_time), HasSubstr("To: undisclosed-recipients:;\r\n"));
}

TEST(MailHeader, WordsBeyondAsciiAreEncodedAndCutAtCharacters) {
    EXPECT_EQ(text_field("Subject", "Grüße"), "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n");
    std::string subject;
    for (int i = 0; i < 60; ++i)
        subject += "日";
    std::string_view field;
    const auto text = text_field("Subject", subject);
    field = text;
    EXPECT_LE(longest_line(field), 76U);
    // Each word decodes by itself to whole characters, and all together to the subject.
    std::string decoded;
    std::size_t at = 0;
    while ((at = field.find("=?UTF-8?B?", at)) != field.npos) {
        const auto begin = at + 10;
        at = field.find("?=", begin);
        const auto word = from_base64(field.substr(begin, at - begin));
        ASSERT_TRUE(word.has_value());
        EXPECT_EQ(word->size() % 3, 0U);
        decoded += *word;
    }
    EXPECT_EQ(decoded, subject);
}

TEST(MailHeader, LongPlainTextsAreFoldedAtBlanks) {
    std::string words;
    for (int i = 0; i < 40; ++i)
        words += "word" + std::to_string(i) + (i % 3 == 0 ? "   " : " ");
    words += "end";
    auto field = text_field("Subject", words);
    EXPECT_LE(longest_line(field), 80U);
    EXPECT_THAT(field, Not(HasSubstr("\r\n \r\n")));
    while (field.find("\r\n ") != std::string::npos)
        field.erase(field.find("\r\n "), 2);  // unfolding
    EXPECT_EQ(field, "Subject: " + words + "\r\n");
}

TEST(MailHeader, OddTextsStayWhatTheyAre) {
    EXPECT_EQ(text_field("Subject", ""), "Subject: \r\n");
    // Would be read as an encoded word.
    EXPECT_THAT(text_field("Subject", "=?UTF-8?B?aGk=?="), StartsWith("Subject: =?UTF-8?B?PT9"));
    EXPECT_LE(longest_line(text_field("Subject", std::string(5'000, 'x'))), 78U);
    EXPECT_EQ(text_field("X-Long", std::string(200, 'x')),
              "X-Long: " + std::string(200, 'x') + "\r\n");
}

TEST(MailHeader, NamesAreQuotedOrEncoded) {
    const auto field = [](std::string_view text) {
        const auto address = MailAddress::parse(text);
        return address_field("To", {&address, 1});
    };
    EXPECT_EQ(field("Ada, \\ of \"L\" <a@b.c>"), "To: \"Ada, \\\\ of \\\"L\\\"\" <a@b.c>\r\n");
    EXPECT_EQ(field("\"Ada, L\" <a@b.c>"), "To: \"Ada, L\" <a@b.c>\r\n");
    EXPECT_EQ(field("Jürgen <j@b.c>"), "To: =?UTF-8?B?SsO8cmdlbg==?= <j@b.c>\r\n");
    EXPECT_EQ(field("Jürgen Jürgen Jürgen Jürgen <a.long.name@example.org>"),
              "To: =?UTF-8?B?SsO8cmdlbiBKw7xyZ2VuIErDvHJnZW4gSsO8cmdlbg==?=\r\n"
              " <a.long.name@example.org>\r\n");
    EXPECT_EQ(field(" a@b.c "), "To: a@b.c\r\n");
    EXPECT_EQ(address_field("To", {}), "");
}

TEST(MailAddress, RefusesWhatCouldSayMoreThanAnAddress) {
    for (const auto* text : {"",
                             "ada",
                             "@example.org",
                             "ada@",
                             "ada@example.org\r\nBcc: x@y",
                             "ada@example.org\n",
                             "A\rB <ada@example.org>",
                             "a b@example.org",
                             "<ada@example.org",
                             "ada@exa mple.org",
                             "ada@example.org> SIZE=1",
                             "a@b@c.d",
                             "ada@exam_ple.org",
                             "ada@.org",
                             "ada@a..b",
                             "ada@example.org,eve@example.org",
                             "adä@example.org",
                             "ada@exämple.org",
                             "a\x7f@example.org",
                             "A <x> <ada@ex>ample.org>",
                             "A\xff <ada@example.org>"}) {
        EXPECT_THROW(static_cast<void>(MailAddress::parse(text)), Error) << text;
    }
    EXPECT_THROW(static_cast<void>(MailAddress::parse(std::string_view{"a\0@b.c", 6})), Error);
    EXPECT_THROW(static_cast<void>(MailAddress::parse(std::string(250, 'a') + "@b.cd")), Error);
    EXPECT_EQ(MailAddress::parse("Ada <ada+x@example.org>").domain(), "example.org");
    EXPECT_EQ(MailAddress::parse("<ada@example.org>"), MailAddress::parse("ada@example.org"));
}

TEST(MailType, IsGuessedByTheName) {
    EXPECT_EQ(mail_type_of("report.PDF"), "application/pdf");
    EXPECT_EQ(mail_type_of("a.tar.gz"), "application/gzip");
    EXPECT_EQ(mail_type_of("pdf2"), "application/octet-stream");
    EXPECT_TRUE(is_mail_type("application/vnd.ms-excel"));
    for (const auto* text : {"", "text", "text/", "/plain", "text/plain; x=y", "text/plain\r\nX: y",
                             "text/a b", "text/a/b"}) {
        EXPECT_FALSE(is_mail_type(text)) << text;
    }
}

TEST(Base64, GoesThereAndBack) {
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i)
            bytes += static_cast<char>(i * 7);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
        EXPECT_LE(longest_line(to_base64_lines(bytes)), 76U);
    }
    EXPECT_EQ(to_base64_lines(std::string(57, '\0')), std::string(76, 'A') + "\r\n");
    EXPECT_EQ(to_base64_lines(""), "");
}

}  // namespace
}  // namespace errand::handlers
