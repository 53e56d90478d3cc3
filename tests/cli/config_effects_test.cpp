#include "cli/config.hpp"

#include "expect_error.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

// [webhooks] and [email].

namespace errand::cli::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* a_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* another_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::string refusal(const std::string& text) {
    return error_of([&] { (void)parse_config(text, "errand.toml"); });
}
WebhookOptions webhooks_of(const std::string& text) {
    return webhook_options(parse_config(text, "errand.toml").webhooks);
}
EmailOptions email_of(const std::string& text) {
    return email_options(
        parse_config("[email]\nserver = \"mail.example\"\n" + text, "errand.toml").email.value());
}

TEST(ConfigWebhooks, SecretsAreLookedUpByName) {
    ::setenv("ERRAND_TEST_SECRETS", (std::string{a_secret} + "  " + another_secret).c_str(), 1);
    const auto options = webhooks_of(R"(
[webhooks]
timeout = "7s"
allow = ["10.1.0.0/16", "::1"]
secrets = { crm = ")" + std::string{a_secret} +
                                     R"(" }
secrets_env = { default = "ERRAND_TEST_SECRETS" }
)");
    ::unsetenv("ERRAND_TEST_SECRETS");
    EXPECT_THAT(options.secrets("default"), ElementsAre(a_secret, another_secret));
    EXPECT_THAT(options.secrets("crm"), ElementsAre(a_secret));
    EXPECT_THAT(options.secrets("other"), IsEmpty());
    EXPECT_EQ(options.timeout, Duration{7s});
    EXPECT_THAT(options.allow, ElementsAre("10.1.0.0/16", "::1"));
}

TEST(ConfigWebhooks, WithoutASectionThereIsNoSecret) {
    const auto options = webhooks_of("");
    EXPECT_THAT(options.secrets("default"), IsEmpty());
    EXPECT_THAT(options.allow, IsEmpty());
    EXPECT_NO_THROW((void)webhook_handler(options));
}

TEST(ConfigWebhooks, DeliveriesHaveAQueueAndEventsASource) {
    const auto worker =
        parse_config("[webhooks]\nqueue = \"hooks\"\n[events]\nsource = \"/shop\"", "errand.toml")
            .worker;
    EXPECT_EQ(worker.webhook_queue, "hooks");
    EXPECT_EQ(worker.event_source, "/shop");
    EXPECT_THAT(refusal("[webhooks]\nqueue = \"a b\""),
                AllOf(StartsWith("errand.toml:1: "), HasSubstr("queue")));
    EXPECT_THAT(refusal("[events]\nsource = \"the shop\""),
                AllOf(StartsWith("errand.toml:1: "), HasSubstr("/shop")));
}

TEST(ConfigWebhooks, MistakesAreNamedWithoutSecrets) {
    EXPECT_THAT(refusal("[webhooks]\nallow = [\"10.0.0.1/8\"]"),
                AllOf(StartsWith("errand.toml:2: `allow`"), HasSubstr("10.0.0.0/8")));
    EXPECT_THAT(refusal("[webhooks]\ntimeout = \"0\""), HasSubstr("at least 1ms"));
    EXPECT_THAT(refusal("[webhooks]\nsecret = \"x\""), HasSubstr("did you mean `secrets`"));
    EXPECT_THAT(refusal("[webhooks]\nsecrets = { a = \"x\" }\nsecrets_env = { a = \"X\" }"),
                HasSubstr("keep one of them"));
    EXPECT_THAT(
        error_of([] { (void)webhooks_of("[webhooks]\nsecrets_env = { a = \"ERRAND_NO_SUCH\" }"); }),
        AllOf(StartsWith("errand.toml:1: [webhooks]"), HasSubstr("ERRAND_NO_SUCH")));
    EXPECT_THAT(error_of([] { (void)webhooks_of("[webhooks]\nsecrets = { a = \"whsec_hush\" }"); }),
                AllOf(HasSubstr("secret \"a\""), Not(HasSubstr("hush"))));
    EXPECT_THAT(error_of([] { (void)webhooks_of("[webhooks]\nsecrets = { a = \" \" }"); }),
                HasSubstr("is empty"));
}

TEST(ConfigHandlers, AnHttpHandlerMayTakePartInTheGuard) {
    const auto config = parse_config(
        "[handlers.x]\nhttp = \"https://a.example\"\npublic_only = true", "errand.toml");
    EXPECT_TRUE(std::get<HttpOptions>(config.handlers.at(0).work).public_only);
}

TEST(ConfigEmail, ReadsEverything) {
    ::setenv("ERRAND_TEST_PASSWORD", "hush", 1);
    const auto options = email_of(R"(
tls = "required"
user = "shop"
password_env = "ERRAND_TEST_PASSWORD"
ca_file = "ca.pem"
from = "Shop <shop@example.org>"
attachments = ["papers"]
attachment_limit = "5MiB"
timeout = "90s"
)");
    ::unsetenv("ERRAND_TEST_PASSWORD");
    EXPECT_EQ(options.server, "mail.example");
    EXPECT_EQ(options.tls, SmtpTls::required);
    EXPECT_EQ(options.user, "shop");
    EXPECT_EQ(options.password, "hush");
    EXPECT_EQ(options.ca_file, "ca.pem");
    EXPECT_EQ(options.from, "Shop <shop@example.org>");
    EXPECT_THAT(options.attachments, ElementsAre("papers"));
    EXPECT_EQ(options.attachment_bytes, 5U << 20);
    EXPECT_EQ(options.timeout, Duration{90s});
}

TEST(ConfigEmail, ThePasswordMayStandInAFile) {
    const errand::test::TempDir folder;
    const auto file = (folder.path() / "password").string();
    std::ofstream(file) << "hush hush\nsecond line\n";
    EXPECT_EQ(email_of("user = \"shop\"\npassword_file = \"" + file + "\"").password, "hush hush");
    EXPECT_THAT(
        error_of([&] { (void)email_of("user = \"shop\"\npassword_file = \"" + file + "x\""); }),
        HasSubstr("cannot be read"));
}

TEST(ConfigEmail, WithoutASectionThereIsNoMail) {
    EXPECT_FALSE(parse_config("", "errand.toml").email.has_value());
    EXPECT_THAT(email_of("").password, IsEmpty());
}

TEST(ConfigEmail, MistakesAreNamed) {
    const auto with = [](const std::string& line) {
        return refusal("[email]\nserver = \"mail.example\"\n" + line);
    };
    EXPECT_THAT(refusal("[email]\n"), HasSubstr("needs server"));
    EXPECT_THAT(refusal("[email]\nserver = \"http://x\""),
                StartsWith("errand.toml:2: `server` in [email]: "));
    EXPECT_THAT(with("tls = \"maybe\""), HasSubstr("\"opportunistic\""));
    EXPECT_THAT(with("user = \"shop\""), HasSubstr("belong together"));
    EXPECT_THAT(with("password_env = \"X\""), HasSubstr("belong together"));
    EXPECT_THAT(with("user = \"a\"\npassword_env = \"X\"\npassword_file = \"y\""),
                HasSubstr("keep one"));
    EXPECT_THAT(with("from = \"nobody\""), StartsWith("errand.toml:3: `from`"));
    EXPECT_THAT(with("attachment_limit = \"1GiB\""), HasSubstr("256MiB"));
    EXPECT_THAT(with("password = \"hush\""), HasSubstr("unknown key `password`"));
    EXPECT_THAT(error_of([] { (void)email_of("user = \"a\"\npassword_env = \"ERRAND_NO_SUCH\""); }),
                HasSubstr("ERRAND_NO_SUCH"));
    EXPECT_THAT(error_of([] {
                    (void)make_email_handler(
                        parse_config("[email]\nserver = \"x\"\nattachments = [\"/no/where\"]",
                                     "errand.toml")
                            .email.value());
                }),
                AllOf(StartsWith("errand.toml:1: [email]"), HasSubstr("/no/where")));
}

}  // namespace
}  // namespace errand::cli::test
