#include "server/health_server.hpp"
#include "server/http_client.hpp"

#include <errand/client.hpp>

#include <gmock/gmock.h>

namespace errand::server {
namespace {

using test::fetch;
using testing::HasSubstr;

NewJob job_in(std::string queue) {
    NewJob job;
    job.type = "test";
    job.queue = std::move(queue);
    return job;
}

TEST(HealthServerWithMemoryStore, MetricsAgreeWithTheStore) {
    const auto store = open_store("memory:");
    Client client{store};
    for (int i = 0; i < 3; ++i)
        client.enqueue(job_in("mail"));
    client.cancel(client.enqueue(job_in("mail")).id);
    auto later = job_in("later");
    later.delay = std::chrono::hours{1};
    client.enqueue(later);
    client.pause("mail");

    HealthServerOptions options;
    options.port = 0;
    options.store = store;
    options.activity = [] { return WorkerActivity{.started = 9, .slots = 4}; };
    HealthServer server{std::move(options)};
    server.start();
    EXPECT_EQ(fetch(server.port(), "/healthz").status, 200);
    const auto text = fetch(server.port(), "/metrics").body;
    EXPECT_THAT(text, HasSubstr("errand_jobs{state=\"available\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs{state=\"scheduled\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs{state=\"cancelled\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_jobs{queue=\"mail\",state=\"available\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_jobs{queue=\"later\",state=\"scheduled\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_paused{queue=\"mail\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("errand_queue_paused{queue=\"later\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("errand_jobs_started_total 9\n"));
}

}  // namespace
}  // namespace errand::server
