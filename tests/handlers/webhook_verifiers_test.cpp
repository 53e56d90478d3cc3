#include "handlers/webhook_signature.hpp"
#include "support/run_program.hpp"
#include "webhook_support.hpp"

#include <gmock/gmock.h>

// The examples that receivers start from, against what the handler sends.

namespace errand::testing {
namespace {

using ::testing::HasSubstr;

struct Message {
    std::string id, timestamp, signatures, body;
};

/// A message as the handler sent it.
Message sent() {
    auto options = local_webhooks();
    options.secrets = [](std::string_view) {
        return std::vector<std::string>{second_secret, first_secret};
    };
    LocalHttpServer server{[](const auto&) { return answer(204); }};
    EXPECT_EQ(deliver(server.url(), options).kind(), Outcome::Kind::done);
    const auto request = server.requests().at(0);
    return {std::string{request["webhook-id"]}, std::string{request["webhook-timestamp"]},
            std::string{request["webhook-signature"]}, request.body()};
}

/// A message that the right secret signed at another time.
Message sent_after(std::chrono::seconds wait) {
    const auto now = std::chrono::floor<std::chrono::seconds>(system_clock().now());
    const auto at = (now + wait).time_since_epoch().count();
    Message message{"evt-1", std::to_string(at), "", std::string{an_event}};
    message.signatures = handlers::WebhookSecret::parse(first_secret).sign("evt-1", at, an_event);
    return message;
}

/// A command of PATH that runs a program of a language.
bool is_installed(const std::string& command) {
    const auto result = test::run_program({"/usr/bin/env", "sh", "-c", "command -v " + command});
    return result.exit_code == 0;
}

class WebhookVerifier : public ::testing::TestWithParam<std::vector<std::string>> {
protected:
    void SetUp() override {
        if (!is_installed(GetParam()[0]))
            GTEST_SKIP() << GetParam()[0] << " is not installed, its verifier was not run";
    }
    static test::ProgramResult verify(const Message& message, std::string secrets = first_secret) {
        std::vector<std::string> command{
            "/usr/bin/env", GetParam()[0],     ERRAND_EXAMPLES "/webhooks/" + GetParam()[1],
            message.id,     message.timestamp, message.signatures};
        return test::run_program(
            std::move(command),
            {.input = message.body, .environment = {{"WEBHOOK_SECRET", std::move(secrets)}}});
    }
    static void expect_refused(const Message& message, std::string_view reason,
                               std::string secrets = first_secret) {
        const auto result = verify(message, std::move(secrets));
        EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
        EXPECT_THAT(result.err, HasSubstr("refused: " + std::string{reason}));
    }
};

TEST_P(WebhookVerifier, AcceptsWhatTheHandlerSends) {
    const auto message = sent();
    for (const std::string& secrets : {std::string{first_secret}, std::string{second_secret},
                                       "whsec_AAAA " + std::string{first_secret}}) {
        const auto result = verify(message, secrets);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_EQ(result.out, "genuine\n");
    }
}

TEST_P(WebhookVerifier, RefusesWhatWasChanged) {
    const auto message = sent();
    expect_refused(message, "no signature fits", "whsec_" + std::string(32, 'A'));
    auto changed = message;
    changed.body += ' ';
    expect_refused(changed, "no signature fits");
    changed = message;
    changed.id = "evt-2";
    expect_refused(changed, "no signature fits");
    changed = message;
    changed.timestamp = std::to_string(std::stoll(message.timestamp) + 1);
    expect_refused(changed, "no signature fits");
    for (const auto* signatures : {"", "v1,", "v1,AAAA", "v1a,AAAA", "v1"}) {
        changed = message;
        changed.signatures = signatures;
        expect_refused(changed, "no signature fits");
    }
    changed = message;
    changed.signatures = message.signatures.substr(message.signatures.find(' ') + 4);
    expect_refused(changed, "no signature fits");  // without its "v1,"
}

TEST_P(WebhookVerifier, RefusesWhatIsNotFromNow) {
    using namespace std::chrono_literals;
    EXPECT_EQ(verify(sent_after(-1min)).exit_code, 0);
    EXPECT_EQ(verify(sent_after(1min)).exit_code, 0);
    expect_refused(sent_after(-10min), "the timestamp is too far");
    expect_refused(sent_after(10min), "the timestamp is too far");
    auto odd = sent();
    odd.timestamp = "now";
    expect_refused(odd, "the timestamp is no number");
}

INSTANTIATE_TEST_SUITE_P(Languages, WebhookVerifier,
                         ::testing::Values(std::vector<std::string>{"python3", "verify.py"},
                                           std::vector<std::string>{"node", "verify.mjs"}),
                         [](const auto& language) { return language.param[0]; });

}  // namespace
}  // namespace errand::testing
