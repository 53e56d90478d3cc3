#include "base/text.hpp"
#include "http_support.hpp"

#include <gmock/gmock.h>

namespace errand::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = Outcome::Kind;

LocalHttpServer::Response asking_to_wait(unsigned status, std::string_view retry_after) {
    auto response = answer(status, "busy");
    response.set(boost::beast::http::field::retry_after, retry_after);
    return response;
}

TEST(HttpAnswer, EverySuccessCompletes) {
    for (const unsigned status : {200U, 201U, 202U, 204U, 299U}) {
        const auto outcome = outcome_of(answer(status));
        EXPECT_EQ(outcome.kind(), Kind::done) << status;
        EXPECT_EQ(outcome.text(), "") << status;
    }
}

TEST(HttpAnswer, AJsonBodyIsTheResult) {
    FakeContext job;
    const auto outcome = outcome_of(answer(200, R"({"n": [1, 2]})"), job);
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_EQ(outcome.text(), R"({"n": [1, 2]})");
    EXPECT_THAT(job.log_lines(), IsEmpty());
}

TEST(HttpAnswer, AnotherBodyIsLogged) {
    FakeContext job;
    const auto outcome = outcome_of(answer(200, "thank you\xff"), job);
    EXPECT_EQ(outcome.kind(), Kind::done);
    EXPECT_EQ(outcome.text(), "");
    EXPECT_THAT(job.log_lines(), ElementsAre("thank you\xEF\xBF\xBD"));
}

TEST(HttpAnswer, WhatIsLoggedIsBounded) {
    FakeContext job;
    EXPECT_EQ(outcome_of(answer(200, std::string(500'000, 'x')), job).kind(), Kind::done);
    ASSERT_EQ(job.log_lines().size(), 1U);
    EXPECT_LE(job.log_lines()[0].size(), 8U << 10);
}

TEST(HttpAnswer, ATooLongBodyFails) {
    FakeContext job;
    EXPECT_EQ(outcome_of(answer(200, std::string(1'000, '1')), job, {.result_bytes = 1'000}).kind(),
              Kind::done);
    const auto outcome =
        outcome_of(answer(200, std::string(1'001, '1')), job, {.result_bytes = 1'000});
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "result");
    EXPECT_THAT(outcome.text(), HasSubstr("longer than 1000 bytes"));
    EXPECT_EQ(outcome_of(answer(200, std::string(20'000'000, '1')), job).kind(), Kind::fail);
}

TEST(HttpAnswer, BusyServersAreObeyed) {
    for (const unsigned status : {429U, 503U}) {
        const auto outcome = outcome_of(asking_to_wait(status, "30"));
        EXPECT_EQ(outcome.kind(), Kind::slow_down) << status;
        EXPECT_EQ(outcome.delay(), 30s) << status;
        EXPECT_EQ(outcome.text(), "HTTP " + std::to_string(status) + ": busy");
    }
}

TEST(HttpAnswer, RetryAfterMayBeADateAndIsCapped) {
    EXPECT_EQ(outcome_of(asking_to_wait(503, "Sun, 06 Nov 1994 08:49:37 GMT")).delay(), 0s);
    const auto later = outcome_of(asking_to_wait(503, "Fri, 31 Dec 2099 23:59:59 GMT"));
    EXPECT_EQ(later.kind(), Kind::slow_down);
    EXPECT_EQ(later.delay(), 24h);
}

TEST(HttpAnswer, BusyServersThatNameNoTimeFailByPolicy) {
    for (const auto& response : {answer(429), answer(503), asking_to_wait(503, "soon")}) {
        const auto outcome = outcome_of(response);
        EXPECT_EQ(outcome.kind(), Kind::fail);
        EXPECT_EQ(outcome.error_type(), "http " + std::to_string(response.result_int()));
    }
}

TEST(HttpAnswer, HopelessRequestsAreDiscarded) {
    for (const unsigned status : {400U, 401U, 403U, 404U, 410U, 422U}) {
        const auto outcome = outcome_of(answer(status, "no such customer"));
        EXPECT_EQ(outcome.kind(), Kind::discard) << status;
        EXPECT_EQ(outcome.text(), "HTTP " + std::to_string(status) + ": no such customer");
    }
}

TEST(HttpAnswer, AllElseFails) {
    for (const unsigned status : {402U, 405U, 408U, 409U, 418U, 500U, 501U, 502U, 504U, 599U}) {
        const auto outcome = outcome_of(answer(status, "oops"));
        EXPECT_EQ(outcome.kind(), Kind::fail) << status;
        EXPECT_EQ(outcome.error_type(), "http " + std::to_string(status));
        EXPECT_EQ(outcome.text(), "HTTP " + std::to_string(status) + ": oops");
    }
}

TEST(HttpAnswer, MessagesAreBoundedAndSound) {
    const auto outcome = outcome_of(answer(404, std::string(3'000'000, '\xff')));
    EXPECT_EQ(outcome.kind(), Kind::discard);
    EXPECT_LE(outcome.text().size(), 8U << 10);
    EXPECT_TRUE(base::is_valid_utf8(outcome.text()));
}

TEST(HttpAnswer, RedirectsAreNotFollowed) {
    LocalHttpServer server{[&](const LocalHttpServer::Request& request) {
        auto response = answer(request.target() == "/jobs" ? 307 : 200);
        response.set(boost::beast::http::field::location, "/elsewhere");
        return response;
    }};
    FakeContext job;
    const auto outcome = post({.url = server.url()}, job);
    EXPECT_EQ(outcome.error_type(), "http 307");
    EXPECT_THAT(outcome.text(), HasSubstr("redirects are not followed"));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpAnswer, ARefusedConnectionFailsWithoutShowingSecrets) {
    unsigned short port = 0;
    {
        const LocalHttpServer gone{[](const auto&) { return answer(200); }};
        port = gone.port();
    }
    FakeContext job;
    const auto outcome = post(
        {.url = "http://user:hush@127.0.0.1:" + std::to_string(port) + "/hush?token=hush"}, job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "connection");
    EXPECT_THAT(outcome.text(),
                StartsWith("no answer from http://127.0.0.1:" + std::to_string(port)));
    EXPECT_THAT(outcome.text(), Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace errand::testing
