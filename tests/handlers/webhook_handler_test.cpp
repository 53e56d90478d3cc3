#include "handlers/webhook_signature.hpp"
#include "webhook_support.hpp"

#include <gmock/gmock.h>

#include <charconv>

namespace errand::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = Outcome::Kind;

LocalHttpServer::Request request_of(std::string_view more, const WebhookOptions& options,
                                    FakeContext& job) {
    LocalHttpServer server{[](const auto&) { return answer(204); }};
    job.job_args = webhook_args(server.url(), more);
    const auto outcome = webhook_handler(options)(job);
    EXPECT_EQ(outcome.kind(), Kind::done) << outcome.text();
    EXPECT_EQ(outcome.text(), R"({"status":204})");
    auto requests = server.requests();
    return requests.empty() ? LocalHttpServer::Request{} : requests.front();
}
LocalHttpServer::Request request_of(std::string_view more = {}) {
    FakeContext job;
    return request_of(more, local_webhooks(), job);
}

std::int64_t sent_at(const LocalHttpServer::Request& request) {
    const auto text = request["webhook-timestamp"];
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

std::string signed_with(const char* secret, const LocalHttpServer::Request& request) {
    return handlers::WebhookSecret::parse(secret).sign("evt-1", sent_at(request), request.body());
}

TEST(Webhook, SendsTheEventByteForByteAndSigned) {
    const auto request = request_of();
    EXPECT_EQ(request.method_string(), "POST");
    EXPECT_EQ(request.body(), an_event);
    EXPECT_EQ(request["content-type"], "application/cloudevents+json");
    EXPECT_EQ(request["webhook-id"], "evt-1");
    EXPECT_EQ(request["webhook-signature"], signed_with(first_secret, request));
    EXPECT_THAT(std::string{request["user-agent"]}, StartsWith("errand/"));
    const auto age =
        system_clock().now().time_since_epoch() - std::chrono::seconds{sent_at(request)};
    EXPECT_LT(age, 10min);
}

TEST(Webhook, TheStandardFormatHasThreeMembers) {
    const auto request = request_of(R"(,"format":"standard")");
    EXPECT_EQ(request["content-type"], "application/json");
    EXPECT_EQ(request.body(), R"({"type":"dev.errand.job.completed",)"
                              R"("timestamp":"2026-01-31T08:00:00Z","data":{"x": 1.50}})");
    EXPECT_EQ(request["webhook-signature"], signed_with(first_secret, request));
}

TEST(Webhook, IsSignedWithEverySecretOfTheName) {
    auto options = local_webhooks();
    options.secrets = [](std::string_view name) {
        EXPECT_EQ(name, "crm");
        return std::vector<std::string>{second_secret, first_secret};
    };
    FakeContext job;
    const auto request = request_of(R"(,"secret_name":"crm")", options, job);
    EXPECT_EQ(request["webhook-signature"],
              signed_with(second_secret, request) + " " + signed_with(first_secret, request));
}

TEST(Webhook, TheIdStaysOverTheAttempts) {
    LocalHttpServer server{[](const auto&) { return answer(500); }};
    const auto handler = webhook_handler(local_webhooks());
    for (std::uint32_t attempt : {1U, 2U}) {
        FakeContext job;
        job.job_attempt = attempt;
        job.job_args = webhook_args(server.url());
        job.job_meta =
            R"({"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})";
        EXPECT_EQ(handler(job).kind(), Kind::fail);
    }
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0]["webhook-id"], requests[1]["webhook-id"]);
    EXPECT_EQ(requests[0].body(), requests[1].body());
    EXPECT_EQ(requests[1]["errand-attempt"], "2");
    EXPECT_THAT(std::string{requests[1]["traceparent"]}, StartsWith("00-0af7651916cd43dd"));
}

TEST(Webhook, AnswersDecide) {
    const auto outcome_for = [](LocalHttpServer::Response response) {
        LocalHttpServer server{[&](const auto&) { return response; }};
        return deliver(server.url());
    };
    for (const unsigned status : {200U, 201U, 202U, 204U, 299U})
        EXPECT_EQ(outcome_for(answer(status)).kind(), Kind::done) << status;
    EXPECT_EQ(outcome_for(answer(200, std::string(1'000'000, 'x'))).kind(), Kind::done);

    const auto gone = outcome_for(answer(410, "unsubscribed"));
    EXPECT_EQ(gone.kind(), Kind::discard);
    EXPECT_EQ(gone.text(), "HTTP 410: unsubscribed");

    for (const unsigned status : {400U, 401U, 403U, 404U, 422U, 429U, 500U, 502U, 503U, 504U}) {
        const auto outcome = outcome_for(answer(status, "no"));
        EXPECT_EQ(outcome.kind(), Kind::fail) << status;
        EXPECT_EQ(outcome.error_type(), "http " + std::to_string(status));
    }
    for (const unsigned status : {429U, 502U, 503U, 504U}) {
        auto response = answer(status, "busy");
        response.set(boost::beast::http::field::retry_after, "90");
        const auto outcome = outcome_for(response);
        EXPECT_EQ(outcome.kind(), Kind::retry_in) << status;
        EXPECT_EQ(outcome.delay(), 90s) << status;
    }
    auto response = answer(500, "broken");
    response.set(boost::beast::http::field::retry_after, "90");
    EXPECT_EQ(outcome_for(response).kind(), Kind::fail);
}

TEST(Webhook, AnUnknownSecretFailsSoThatTheWorkerCanBeMended) {
    LocalHttpServer server{[](const auto&) { return answer(200); }};
    const auto outcome = deliver(server.url(), local_webhooks(), R"(,"secret_name":"crm")");
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "configuration");
    EXPECT_THAT(outcome.text(), HasSubstr("\"crm\""));
    EXPECT_EQ(server.connection_count(), 0U);
}

TEST(Webhook, ABadSecretIsNotShown) {
    auto options = local_webhooks();
    options.secrets = [](std::string_view) { return std::vector<std::string>{"whsec_hush"}; };
    FakeContext job;
    job.job_args = webhook_args("http://127.0.0.1:1/");
    try {
        static_cast<void>(webhook_handler(options)(job));
        ADD_FAILURE() << "taken";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("\"default\""), Not(HasSubstr("hush"))));
    }
}

TEST(Webhook, ArgumentsThatNoAttemptCanSendAreDiscarded) {
    const auto event_with = [](std::string_view old, std::string_view replacement) {
        std::string event{an_event};
        event.replace(event.find(old), old.size(), replacement);
        return webhook_args("http://127.0.0.1:1/", {}, event);
    };
    struct Case {
        std::string args;
        std::string reason;
    };
    const std::string url = "http://127.0.0.1:1/";
    for (const auto& [args, reason] : {
             Case{"[]", "empty"},
             {"[1]", "https://"},
             {"[{}]", "url: is missing"},
             {R"([{"url":"http://x/"}])", "event: is missing"},
             {R"([{"url":7,"event":{}}])", "url: "},
             {R"([{"url":"http://x/","event":[]}])", "event: "},
             {webhook_args("ftp://x/"), "url: "},
             {webhook_args("file:///etc/passwd"), "url: "},
             {webhook_args("http://user:hush@127.0.0.1/"), "url: has a user"},
             {webhook_args("http://127.0.0.1/\\r\\nx: y"), "url: "},
             {webhook_args(url, R"(,"secret":"whsec_hush")"), "secret"},
             {webhook_args(url, R"(,"secret_name":"")"), "secret_name: "},
             {webhook_args(url, R"(,"format":"xml")"), "format: "},
             {event_with("\"1.0\"", "\"0.3\""), "event.specversion: "},
             {event_with("\"evt-1\"", "7"), "event.id: "},
             {event_with("\"evt-1\"", "\"\""), "event.id: "},
             {event_with("\"evt-1\"", R"("a\r\nx: y")"), "event.id: "},
             {event_with("\"evt-1\"", R"("a b")"), "event.id: "},
             {event_with("\"evt-1\"", "\"" + std::string(256, 'i') + "\""), "event.id: "},
             {event_with("\"source\"", "\"sauce\""), "event.source: is missing"},
             {event_with("\"type\"", "\"tripe\""), "event.type: is missing"},
         }) {
        FakeContext job;
        job.job_args = args;
        const auto outcome = webhook_handler(local_webhooks())(job);
        EXPECT_EQ(outcome.kind(), Kind::discard) << args;
        EXPECT_EQ(outcome.error_type(), "bad arguments") << args;
        EXPECT_THAT(outcome.text(), AllOf(HasSubstr(reason), Not(HasSubstr("hush")))) << args;
    }
}

TEST(Webhook, TheStandardFormatNeedsATimeAndJsonData) {
    FakeContext job;
    std::string event{an_event};
    event.replace(event.find("\"time\""), 6, "\"tide\"");
    job.job_args = webhook_args("http://127.0.0.1:1/", R"(,"format":"standard")", event);
    EXPECT_THAT(webhook_handler(local_webhooks())(job).text(), StartsWith("event.time: "));
    event = an_event;
    event.replace(event.find("\"data\""), 6, "\"data_base64\"");
    job.job_args = webhook_args("http://127.0.0.1:1/", R"(,"format":"standard")", event);
    EXPECT_THAT(webhook_handler(local_webhooks())(job).text(), StartsWith("event.data_base64: "));
}

TEST(Webhook, ARehearsalSendsNothing) {
    LocalHttpServer server{[](const auto&) { return answer(200); }};
    FakeContext job;
    job.job_args = webhook_args(server.url());
    job.job_meta = R"({"errand":{"schedule":"s","rehearsal":true}})";
    ASSERT_TRUE(job.rehearsal());
    EXPECT_EQ(webhook_handler(local_webhooks())(job).kind(), Kind::done);
    EXPECT_EQ(server.connection_count(), 0U);
}

TEST(Webhook, AStopEndsIt) {
    FakeContext job;
    job.job_args = webhook_args("http://127.0.0.1:1/");
    job.stop(StopReason::cancelled);
    EXPECT_EQ(webhook_handler(local_webhooks())(job).error_type(), "stopped");
}

TEST(Webhook, ItsRetriesLastThreeDays) {
    EXPECT_EQ(webhook_retry.delay(1), 5s);
    EXPECT_EQ(webhook_retry.delay(9), 24h);
    Duration whole{};
    for (std::uint32_t attempt = 1; attempt < webhook_max_attempts; ++attempt)
        whole += webhook_retry.delay(attempt);
    EXPECT_EQ(whole, 75h + 35min + 5s);
}

}  // namespace
}  // namespace errand::testing
