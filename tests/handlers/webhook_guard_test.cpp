#include "webhook_support.hpp"

#include <gmock/gmock.h>

namespace errand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Kind = Outcome::Kind;

WebhookOptions guarded() {
    auto options = local_webhooks();
    options.allow.clear();
    return options;
}

TEST(WebhookGuard, RefusesTheOwnHostUnderAllItsNames) {
    LocalHttpServer server{[](const auto&) { return answer(200); }};
    const auto port = ":" + std::to_string(server.port()) + "/";
    for (const auto* host :
         {"127.0.0.1", "127.1", "127.0.0.2", "0x7f000001", "2130706433", "0177.0.0.1", "0.0.0.0",
          "0", "localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}) {
        const auto outcome = deliver("http://" + (host + port), guarded());
        EXPECT_EQ(outcome.kind(), Kind::discard) << host << ": " << outcome.text();
        EXPECT_EQ(outcome.error_type(), "refused address") << host;
        EXPECT_THAT(outcome.text(), StartsWith("nothing was sent to http://")) << host;
    }
    EXPECT_EQ(server.connection_count(), 0U);
    EXPECT_EQ(deliver("http://127.0.0.1" + port).kind(), Kind::done);
}

TEST(WebhookGuard, ANameIsJudgedByTheAddressThatIsConnectedTo) {
    LocalHttpServer server{[](const auto&) { return answer(200); }};
    auto options = guarded();
    const auto url = "http://localhost:" + std::to_string(server.port()) + "/";
    const auto refused = deliver(url, options);
    EXPECT_THAT(refused.text(), HasSubstr("a loopback address"));
    options.allow = {"127.0.0.1"};
    EXPECT_EQ(deliver(url, options).kind(), Kind::done);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(WebhookGuard, PrivateAndLinkLocalAddressesAreRefusedUnasked) {
    for (const auto* host : {"10.0.0.1", "192.168.0.1", "172.16.0.1", "169.254.169.254",
                             "100.64.0.1", "[fd00:ec2::254]", "[fe80::1]", "224.0.0.1"}) {
        const auto outcome = deliver("http://" + std::string{host} + "/", guarded());
        EXPECT_EQ(outcome.error_type(), "refused address") << host << ": " << outcome.text();
    }
}

TEST(WebhookGuard, NoProxyCarriesARequestPastIt) {
    LocalHttpServer proxy{[](const auto&) { return answer(200); }};
    ASSERT_EQ(::setenv("http_proxy", proxy.origin().c_str(), 1), 0);
    const auto refused = deliver("http://10.0.0.1/", guarded());
    // Allowed, so that the proxy would be asked if one were used.
    const auto direct = deliver(proxy.url());
    ::unsetenv("http_proxy");
    EXPECT_EQ(refused.error_type(), "refused address");
    EXPECT_EQ(direct.kind(), Kind::done);
    ASSERT_EQ(proxy.requests().size(), 1U);
    EXPECT_EQ(proxy.requests()[0].target(), "/jobs");
}

TEST(WebhookGuard, ARedirectLeadsNowhere) {
    LocalHttpServer inner{[](const auto&) { return answer(200, "secret"); }};
    LocalHttpServer outer{[&](const auto&) {
        auto response = answer(307);
        response.set(boost::beast::http::field::location, inner.url());
        return response;
    }};
    const auto outcome = deliver(outer.url());
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "http 307");
    EXPECT_THAT(outcome.text(), HasSubstr("redirects are not followed"));
    EXPECT_EQ(inner.connection_count(), 0U);
}

TEST(WebhookGuard, AnUnreachableHostIsNoRefusedOne) {
    unsigned short port = 0;
    {
        const LocalHttpServer gone{[](const auto&) { return answer(200); }};
        port = gone.port();
    }
    const auto outcome = deliver("http://127.0.0.1:" + std::to_string(port) + "/");
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "connection");
}

TEST(WebhookGuard, AKeptConnectionServesTheNextDelivery) {
    LocalHttpServer server{[](const auto&) { return answer(200, "fine"); }};
    const auto handler = webhook_handler(local_webhooks());
    for (int i = 0; i < 3; ++i) {
        FakeContext job;
        job.job_args = webhook_args(server.url());
        EXPECT_EQ(handler(job).kind(), Kind::done);
    }
    EXPECT_EQ(server.connection_count(), 1U);
}

TEST(HttpGuard, TheHttpHandlerTakesPartWhenAsked) {
    LocalHttpServer server{[](const auto&) { return answer(200); }};
    FakeContext job;
    EXPECT_EQ(post({.url = server.url()}, job).kind(), Kind::done);
    const auto outcome = post({.url = server.url(), .public_only = true}, job);
    EXPECT_EQ(outcome.kind(), Kind::discard);
    EXPECT_EQ(outcome.error_type(), "refused address");
    EXPECT_EQ(server.connection_count(), 1U);
}

TEST(WebhookGuard, BadRangesAndOptionsAreRefused) {
    auto options = local_webhooks();
    options.allow = {"10.0.0.1/8"};
    EXPECT_THROW(static_cast<void>(webhook_handler(options)), Error);
    options = local_webhooks();
    options.timeout = Duration::zero();
    EXPECT_THROW(static_cast<void>(webhook_handler(options)), Error);
    EXPECT_THROW(static_cast<void>(webhook_handler({})), Error);
}

}  // namespace
}  // namespace errand::testing
