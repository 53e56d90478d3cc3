#include "handlers/webhook_signature.hpp"
#include "http_support.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <boost/json.hpp>

#include <array>

namespace errand::testing {
namespace {

using ::testing::HasSubstr;

LocalHttpServer::Request request_of(FakeContext& job, HttpOptions options = {}) {
    LocalHttpServer server{[](const auto&) { return answer(204); }};
    options.url = server.url();
    EXPECT_EQ(post(options, job).kind(), Outcome::Kind::done);
    const auto requests = server.requests();
    EXPECT_EQ(requests.size(), 1U);
    return requests.at(0);
}

std::string header(const LocalHttpServer::Request& request, std::string_view name) {
    EXPECT_LE(request.count({name.data(), name.size()}), 1U) << name;
    const auto value = request[{name.data(), name.size()}];
    return {value.data(), value.size()};
}

TEST(HttpRequest, TheBodyTellsTheJob) {
    FakeContext job;
    job.job_type = "say \"hi\"\\ €";
    job.job_queue = "mail";
    job.job_attempt = 3;
    job.job_max_attempts = 7;
    job.job_args = R"([ {"n": 12345678901234567890123} ])";
    job.job_meta = R"({"tenant": "a"})";
    const auto request = request_of(job);
    EXPECT_EQ(request.method(), boost::beast::http::verb::post);
    EXPECT_EQ(request.target(), "/jobs");
    EXPECT_EQ(request.body(),
              "{\"id\":\"01020304-0506-7708-990a-0b0c0d0e0f10\",\"type\":\"say \\\"hi\\\"\\\\ €\","
              "\"queue\":\"mail\",\"attempt\":3,\"max_attempts\":7,\"args\":" +
                  job.job_args + ",\"meta\":" + job.job_meta + "}");
    EXPECT_NO_THROW(static_cast<void>(boost::json::parse(request.body())));
}

TEST(HttpRequest, WithoutMetaItIsEmpty) {
    FakeContext job;
    EXPECT_EQ(boost::json::parse(request_of(job).body()).at("meta"), boost::json::object{});
}

TEST(HttpRequest, HeadersTellTheAttempt) {
    FakeContext job;
    job.job_attempt = 2;
    job.job_lease_seq = 77;
    job.job_meta = R"({"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})";
    const auto request = request_of(job);
    const auto id = to_string(job.job_id);
    EXPECT_EQ(header(request, "content-type"), "application/json");
    EXPECT_THAT(header(request, "user-agent"),
                ::testing::MatchesRegex("errand/[0-9]+\\.[0-9]+\\.[0-9]+"));
    EXPECT_EQ(header(request, "webhook-id"), id);
    EXPECT_EQ(header(request, "idempotency-key"), id);
    EXPECT_EQ(header(request, "errand-attempt"), "2");
    EXPECT_EQ(header(request, "errand-lease-seq"), "77");
    EXPECT_EQ(header(request, "traceparent"),
              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    EXPECT_EQ(request.count("webhook-signature"), 0U);
    EXPECT_EQ(request.count("errand-schedule"), 0U);
    EXPECT_EQ(request.count("errand-rehearsal"), 0U);
    const auto sent_at = std::chrono::seconds{std::stoll(header(request, "webhook-timestamp"))};
    EXPECT_LT(system_clock().now() - Timestamp{sent_at}, std::chrono::minutes{5});
}

TEST(HttpRequest, HeadersTellWhichTickItIsFor) {
    FakeContext job;
    job.job_meta = R"({"errand":{"schedule":"nightly","tick":"2026-03-29T01:00:00Z"}})";
    const auto request = request_of(job);
    EXPECT_EQ(header(request, "errand-schedule"), "nightly");
    EXPECT_EQ(header(request, "errand-tick"), "2026-03-29T01:00:00.000000Z");
    EXPECT_EQ(request.count("errand-rehearsal"), 0U);

    job.job_meta = R"({"errand":{"schedule":"nightly","rehearsal":true}})";
    const auto rehearsal = request_of(job);
    EXPECT_EQ(header(rehearsal, "errand-rehearsal"), "1");
    EXPECT_EQ(rehearsal.count("errand-tick"), 0U);
}

TEST(HttpRequest, AForgedOriginAddsNoHeader) {
    FakeContext job;
    job.job_meta = R"({"errand":{"schedule":"x\r\nauthorization: mine"}})";
    const auto request = request_of(job);
    EXPECT_EQ(request.count("authorization"), 0U);
    EXPECT_EQ(request.count("errand-schedule"), 0U);
}

TEST(HttpRequest, ASecretSignsIt) {
    FakeContext job;
    const auto request =
        request_of(job, {.secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="});
    std::array<unsigned char, 32> key{};
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = static_cast<unsigned char>(i);
    const std::string content = header(request, "webhook-id") + "." +
                                header(request, "webhook-timestamp") + "." + request.body();
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(),
         &size);
    std::array<char, 64> base64{};
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), digest.data(),
                    static_cast<int>(size));
    EXPECT_EQ(header(request, "webhook-signature"), std::string{"v1,"} + base64.data());
}

TEST(HttpRequest, ConfiguredHeadersAreSent) {
    FakeContext job;
    const auto request = request_of(
        job, {.headers = {{"Authorization", "Bearer x"}, {"X-Empty", ""}, {"User-Agent", "me"}}});
    EXPECT_EQ(header(request, "authorization"), "Bearer x");
    EXPECT_EQ(request.count("x-empty"), 1U);
    EXPECT_EQ(header(request, "user-agent"), "me");
}

TEST(HttpRequest, UserAndPasswordOfTheUrlAreSent) {
    LocalHttpServer server{[](const auto&) { return answer(204); }};
    FakeContext job;
    const auto url = "http://ada:word@127.0.0.1:" + std::to_string(server.port()) + "/jobs?a=b";
    EXPECT_EQ(post({.url = url}, job).kind(), Outcome::Kind::done);
    const auto request = server.requests().at(0);
    EXPECT_EQ(request.target(), "/jobs?a=b");
    EXPECT_EQ(header(request, "authorization"), "Basic YWRhOndvcmQ=");
}

TEST(HttpRequest, LargeArgsArriveWhole) {
    FakeContext job;
    job.job_args = "[\"" + std::string(3U << 20, 'x') + "\"]";
    const auto request = request_of(job);
    EXPECT_THAT(request.body(), HasSubstr(job.job_args));
    EXPECT_EQ(request.count("expect"), 0U);
}

TEST(HttpRequest, ConnectionsAreUsedAgain) {
    LocalHttpServer server{[](const auto&) { return answer(200, "1"); }};
    const auto handler = http_handler({.url = server.url()});
    for (int i = 0; i < 20; ++i) {
        FakeContext job;
        EXPECT_EQ(handler(job).text(), "1");
    }
    EXPECT_EQ(server.requests().size(), 20U);
    EXPECT_EQ(server.connection_count(), 1U);
}

TEST(HttpRequest, ManyThreadsShareAHandler) {
    LocalHttpServer server{[](const auto& request) { return answer(200, request.body()); }};
    const auto handler = http_handler({.url = server.url()});
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&handler, i] {
                for (int n = 0; n < 25; ++n) {
                    FakeContext job;
                    job.job_args = "[" + std::to_string(i * 100 + n) + "]";
                    EXPECT_THAT(handler(job).text(), HasSubstr("\"args\":" + job.job_args));
                }
            });
        }
    }
    EXPECT_EQ(server.requests().size(), 100U);
    EXPECT_LE(server.connection_count(), 4U);
}

}  // namespace
}  // namespace errand::testing
