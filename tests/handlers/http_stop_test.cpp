#include "http_support.hpp"

#include <gmock/gmock.h>

#include <future>

namespace errand::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Kind = Outcome::Kind;

/// A server that tells when a request is there and answers none before the test is over.
class SilentServer {
public:
    ~SilentServer() { over_.set_value(); }

    void wait_for_request() { asked_.get_future().wait(); }
    [[nodiscard]] std::string url() const { return server_.url(); }

private:
    std::promise<void> asked_;
    std::promise<void> over_;
    std::shared_future<void> is_over_{over_.get_future()};
    LocalHttpServer server_{[this](const auto&) {
        asked_.set_value();
        is_over_.wait();
        return answer(200);
    }};
};

TEST(HttpStop, AStopAbortsTheRequestAtOnce) {
    SilentServer server;
    FakeContext job;
    std::jthread stopper{[&] {
        server.wait_for_request();
        job.stop(StopReason::cancelled);
    }};
    const auto begun = std::chrono::steady_clock::now();
    const auto outcome = post({.url = server.url(), .timeout = 1h}, job);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "stopped");
}

TEST(HttpStop, AStopBeforehandSendsNothing) {
    LocalHttpServer server{[](const auto&) { return answer(200); }};
    FakeContext job;
    job.stop(StopReason::interrupted);
    EXPECT_EQ(post({.url = server.url()}, job).error_type(), "stopped");
    EXPECT_TRUE(server.requests().empty());
}

TEST(HttpStop, TheTimeoutEndsTheRequest) {
    SilentServer server;
    FakeContext job;
    const auto outcome = post({.url = server.url(), .timeout = 50ms}, job);
    EXPECT_EQ(outcome.kind(), Kind::fail);
    EXPECT_EQ(outcome.error_type(), "timeout");
    EXPECT_THAT(outcome.text(), HasSubstr("within 50ms"));
}

TEST(HttpStop, TheDeadlineGoesBeforeTheTimeout) {
    SilentServer server;
    FakeContext job;
    job.job_deadline = system_clock().now() + 50ms;
    EXPECT_EQ(post({.url = server.url(), .timeout = 1h}, job).error_type(), "timeout");
    FakeContext late;
    late.job_deadline = system_clock().now() - 1h;
    EXPECT_EQ(post({.url = "http://127.0.0.1:9", .timeout = 1h}, late).kind(), Kind::fail);
}

TEST(HttpStop, TheHandlerWorksAgainAfterAStop) {
    std::atomic<int> calls = 0;
    std::promise<void> asked;
    std::promise<void> over;
    LocalHttpServer server{[&](const auto&) {
        if (calls++ == 0) {
            asked.set_value();
            over.get_future().wait();
        }
        return answer(200, "1");
    }};
    const auto handler = http_handler({.url = server.url()});
    FakeContext stopped;
    std::jthread stopper{[&] {
        asked.get_future().wait();
        stopped.stop(StopReason::cancelled);
    }};
    EXPECT_EQ(handler(stopped).error_type(), "stopped");
    FakeContext job;
    EXPECT_EQ(handler(job).text(), "1");
    over.set_value();
}

}  // namespace
}  // namespace errand::testing
