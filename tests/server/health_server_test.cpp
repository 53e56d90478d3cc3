#include "server/health_server.hpp"

#include "server/http_client.hpp"
#include "server/stub_store.hpp"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include <thread>

namespace errand::server {
namespace {

using test::fetch;
using test::HttpClient;
using test::StubStore;
using testing::AnyOf;
using testing::HasSubstr;

class HealthServerTest : public testing::Test {
protected:
    /// Started on a free port; always asks the store anew unless told otherwise.
    HealthServer& start(Duration refresh = Duration::zero(),
                        Duration store_timeout = std::chrono::seconds{30}) {
        HealthServerOptions options;
        options.port = 0;
        options.store = store_;
        options.refresh = refresh;
        options.store_timeout = store_timeout;
        server_.emplace(std::move(options));
        server_->start();
        return *server_;
    }

    std::shared_ptr<StubStore> store_ = std::make_shared<StubStore>();
    std::optional<HealthServer> server_;
};

TEST_F(HealthServerTest, SaysThatTheStoreAnswers) {
    const auto reply = fetch(start().port(), "/healthz");
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.head, HasSubstr("Content-Type: application/json"));
    EXPECT_THAT(reply.body, HasSubstr("{\"status\":\"ok\""));
}

TEST_F(HealthServerTest, SaysWhyTheStoreDoesNotAnswerAndRecovers) {
    store_->failing = true;
    const auto port = start().port();
    const auto reply = fetch(port, "/healthz");
    EXPECT_EQ(reply.status, 503);
    EXPECT_THAT(reply.body, HasSubstr("\"status\":\"unavailable\""));
    EXPECT_THAT(reply.body, HasSubstr("disk on fire; use water"));
    store_->failing = false;
    EXPECT_EQ(fetch(port, "/healthz").status, 200);
}

TEST_F(HealthServerTest, DoesNotWaitForAHangingStore) {
    std::promise<void> release;
    store_->gate = release.get_future().share();
    const auto port = start(Duration::zero(), std::chrono::milliseconds{20}).port();
    const auto health = fetch(port, "/healthz");
    EXPECT_EQ(health.status, 503);
    EXPECT_THAT(health.body, HasSubstr("did not answer within 20ms"));
    const auto metrics = fetch(port, "/metrics");
    EXPECT_EQ(metrics.status, 200);
    EXPECT_THAT(metrics.body, HasSubstr("errand_store_up 0\n"));
    EXPECT_EQ(fetch(port, "/").status, 200);
    EXPECT_EQ(store_->find_calls, 1);
    fetch(port, "/healthz");
    EXPECT_EQ(store_->find_calls, 1) << "a call under way must not be joined by another";
    release.set_value();
}

TEST_F(HealthServerTest, ServesMetricsInThePrometheusFormat) {
    store_->told_stats.states[JobState::active] = 7;
    const auto reply = fetch(start().port(), "/metrics");
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.head, HasSubstr("Content-Type: text/plain; version=0.0.4"));
    EXPECT_THAT(reply.body, HasSubstr("errand_jobs{state=\"active\"} 7\n"));
    EXPECT_THAT(reply.body, HasSubstr("errand_store_up 1\n"));
}

TEST_F(HealthServerTest, ScrapingDoesNotLoadTheStore) {
    const auto port = start(std::chrono::hours{1}).port();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(fetch(port, "/metrics").status, 200);
    EXPECT_EQ(store_->stats_calls, 1);
}

TEST_F(HealthServerTest, ListsItsPages) {
    const auto reply = fetch(start().port(), "/?from=browser");
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.body, HasSubstr("/healthz"));
    EXPECT_THAT(reply.body, HasSubstr("/metrics"));
}

TEST_F(HealthServerTest, RefusesOtherPagesAndMethods) {
    const auto port = start().port();
    EXPECT_EQ(fetch(port, "/nope").status, 404);
    EXPECT_EQ(fetch(port, "/healthz/").status, 404);
    EXPECT_EQ(fetch(port, "/nope", "POST").status, 404);
    for (const auto* method : {"POST", "DELETE", "BREW"}) {
        const auto reply = fetch(port, "/metrics", method);
        EXPECT_EQ(reply.status, 405) << method;
        EXPECT_THAT(reply.head, HasSubstr("Allow: GET, HEAD"));
    }
}

TEST_F(HealthServerTest, AnswersHeadWithoutABodyAndKeepsTheConnection) {
    HttpClient client{start().port()};
    const auto head = client.request("HEAD", "/healthz");
    EXPECT_EQ(head.status, 200);
    EXPECT_THAT(head.head, HasSubstr("Content-Length: "));
    EXPECT_EQ(client.request("GET", "/healthz").status, 200);
    EXPECT_EQ(client.request("GET", "/").status, 200);
}

TEST_F(HealthServerTest, RefusesWhatIsTooLargeOrBroken) {
    const auto port = start().port();
    HttpClient large_header{port};
    large_header.send("GET / HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n");
    EXPECT_EQ(large_header.read().status, 431);

    HttpClient huge_header{port};
    huge_header.send("GET / HTTP/1.1\r\nX: " + std::string(4U << 20, 'x'));
    EXPECT_THAT(huge_header.read().status, AnyOf(431, 0));

    HttpClient large_body{port};
    large_body.send("POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n");
    EXPECT_THAT(large_body.read().status, AnyOf(400, 413));

    HttpClient noise{port};
    noise.send(std::string("\x16\x03\x01\0\xff\r\n\r\n", 9));
    EXPECT_EQ(noise.read().status, 400);

    EXPECT_EQ(fetch(port, "/").status, 200);
}

TEST_F(HealthServerTest, ServesManyConnections) {
    const auto port = start().port();
    std::atomic<int> answered = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 200; ++i) {
        threads.emplace_back([&] { answered += fetch(port, "/healthz").status == 200 ? 1 : 0; });
    }
    threads.clear();
    EXPECT_EQ(answered, 200);
}

TEST_F(HealthServerTest, StopsWhileConnectionsAreOpen) {
    auto& server = start();
    const auto port = server.port();
    HttpClient idle{port};
    EXPECT_EQ(idle.request("GET", "/").status, 200);
    HttpClient halfway{port};
    halfway.send("GET / HT");
    server.stop();
    EXPECT_TRUE(idle.closed());
    EXPECT_EQ(halfway.read().status, 0);
    EXPECT_THROW(HttpClient{port}, std::runtime_error);
}

TEST_F(HealthServerTest, FinishesAnAnswerWhileStopping) {
    std::promise<void> release;
    store_->gate = release.get_future().share();
    auto& server = start();
    HttpClient client{server.port()};
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    while (store_->find_calls == 0)
        std::this_thread::yield();
    std::jthread stopping{[&] { server.stop(); }};
    release.set_value();
    EXPECT_EQ(client.read().status, 200);
}

TEST_F(HealthServerTest, CanStartAgain) {
    auto& server = start();
    server.stop();
    server.stop();
    server.start();
    EXPECT_EQ(fetch(server.port(), "/healthz").status, 200);
}

TEST_F(HealthServerTest, NamesATakenPortAndTheRemedy) {
    const auto port = start().port();
    HealthServerOptions options;
    options.port = port;
    options.store = store_;
    HealthServer second{std::move(options)};
    try {
        second.start();
        FAIL() << "the port is taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_THAT(error.what(), HasSubstr(fmt::format("127.0.0.1:{}", port)));
        EXPECT_THAT(error.what(), HasSubstr("choose another address"));
    }
}

}  // namespace
}  // namespace errand::server
