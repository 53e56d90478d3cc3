#pragma once

#include <errand/store/store.hpp>
#include <errand/worker.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace errand::server {

struct HealthServerOptions {
    std::string host = "127.0.0.1";  ///< address or name to listen on
    std::uint16_t port = 7420;       ///< 0: a free one is chosen
    std::shared_ptr<Store> store;
    std::function<WorkerActivity()> activity;  ///< empty: this process runs no worker
    LogSink log;                               ///< empty: nothing is logged
    /// The store is asked at most once in this time, however many look.
    Duration refresh = std::chrono::seconds{1};
    /// A store that does not answer within it counts as unavailable.
    Duration store_timeout = std::chrono::seconds{1};
};

/// The plain pages of a running program, for people, probes and Prometheus:
///   GET /healthz   200 {"status":"ok",…} while the store answers, else 503 with the reason
///   GET /metrics   Prometheus text
///   GET /          what there is
/// It has no authentication and shows no job: counts and queue names only. Serves on a thread of
/// its own. Thread-safe except that start() and stop() must not run at the same time.
class HealthServer {
public:
    explicit HealthServer(HealthServerOptions options);
    ~HealthServer();  ///< stops first
    HealthServer(const HealthServer&) = delete;
    HealthServer& operator=(const HealthServer&) = delete;

    /// Binds and serves. Throws Error (invalid_argument) when HOST:PORT cannot be listened on.
    void start();
    /// Lets answers in the making go out for a second, then closes. Waits for a store call under
    /// way. Harmless when not started; start() may follow.
    void stop();
    /// The port listened on, after start().
    [[nodiscard]] std::uint16_t port() const;

private:
    class Running;
    HealthServerOptions options_;
    std::unique_ptr<Running> running_;
};

}  // namespace errand::server
