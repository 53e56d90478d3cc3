#include "server/health_server.hpp"

#include "server/cached.hpp"
#include "server/http_listener.hpp"
#include "server/metrics.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <exception>
#include <thread>

namespace errand::server {
namespace {

namespace asio = boost::asio;

constexpr auto index_page =
    "errand " ERRAND_VERSION
    "\n\nGET /healthz   is the store there?\nGET /metrics   for Prometheus\n";

/// A store's answer, or why there is none.
template <class T>
struct Answer {
    std::optional<T> value;
    std::string error;
};

template <class F>
auto ask(F call) -> Answer<decltype(call())> {
    try {
        return {call(), {}};
    } catch (const std::exception& error) {
        return {std::nullopt, error.what()};
    } catch (...) {
        return {std::nullopt, "unknown error"};
    }
}

StoreSnapshot take_snapshot(Store& store) {
    return {store.stats(), store.workers()};
}

/// Looking for an id that no job has makes every store reach for its data, at the lowest price.
bool answers(Store& store) {
    (void)store.find(JobId{});
    return true;
}

HttpResponse json_response(unsigned status, const boost::json::object& body) {
    return {status, boost::json::serialize(body) + "\n", "application/json", {}};
}

}  // namespace

/// Everything that lives between start() and stop().
class HealthServer::Running {
public:
    explicit Running(const HealthServerOptions& options);
    ~Running();

    [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

private:
    asio::awaitable<HttpResponse> respond(HttpRequest request);
    asio::awaitable<HttpResponse> healthz();
    asio::awaitable<HttpResponse> metrics();
    [[nodiscard]] std::optional<WorkerActivity> activity() const;
    void serve();

    const HealthServerOptions& options_;
    asio::io_context context_{1};
    asio::thread_pool store_calls_{2};  // one of each kind may be under way
    Cached<Answer<bool>> health_;
    Cached<Answer<StoreSnapshot>> snapshot_;
    HttpListener listener_;
    std::jthread thread_;
};

HealthServer::Running::Running(const HealthServerOptions& options)
    : options_(options),
      health_(context_, store_calls_, options.refresh,
              [store = options.store] { return ask([&] { return answers(*store); }); }),
      snapshot_(context_, store_calls_, options.refresh,
                [store = options.store] { return ask([&] { return take_snapshot(*store); }); }),
      listener_(context_, options.host, options.port,
                [this](HttpRequest request) { return respond(std::move(request)); }) {
    listener_.start();
    thread_ = std::jthread{[this] { serve(); }};
}

HealthServer::Running::~Running() {
    asio::post(context_, [this] { listener_.stop(); });
    thread_.join();
    store_calls_.join();
}

void HealthServer::Running::serve() {
    try {
        context_.run();
    } catch (const std::exception& error) {
        if (options_.log) {
            options_.log(LogLevel::error, fmt::format("health pages stopped: {}", error.what()));
        }
    }
}

asio::awaitable<HttpResponse> HealthServer::Running::respond(HttpRequest request) {
    const bool known =
        request.path == "/" || request.path == "/healthz" || request.path == "/metrics";
    if (!known) co_return HttpResponse{404, "not found; GET / tells what there is\n"};
    if (request.method != "GET" && request.method != "HEAD") {
        HttpResponse response{405, "method not allowed; use GET\n"};
        response.allow = "GET, HEAD";
        co_return response;
    }
    if (request.path == "/healthz") co_return co_await healthz();
    if (request.path == "/metrics") co_return co_await metrics();
    co_return HttpResponse{200, index_page};
}

asio::awaitable<HttpResponse> HealthServer::Running::healthz() {
    const auto answer = co_await health_.get(options_.store_timeout);
    boost::json::object body{{"status", "ok"}, {"version", ERRAND_VERSION}};
    if (const auto worker = activity()) {
        body["worker"] = {
            {"running", worker->running}, {"slots", worker->slots}, {"stuck", worker->stuck}};
    }
    if (answer && answer->value) co_return json_response(200, body);
    body["status"] = "unavailable";
    body["reason"] = answer ? answer->error
                            : fmt::format("the store did not answer within {}",
                                          format_duration(options_.store_timeout));
    co_return json_response(503, body);
}

asio::awaitable<HttpResponse> HealthServer::Running::metrics() {
    auto answer = co_await snapshot_.get(options_.store_timeout);
    MetricsInput input;
    if (answer) input.store = std::move(answer->value);
    input.activity = activity();
    co_return HttpResponse{200, metrics_text(input), "text/plain; version=0.0.4; charset=utf-8"};
}

std::optional<WorkerActivity> HealthServer::Running::activity() const {
    if (!options_.activity) return std::nullopt;
    return options_.activity();
}

HealthServer::HealthServer(HealthServerOptions options) : options_(std::move(options)) {
    if (!options_.store)
        throw Error(ErrorCode::invalid_argument, "health server: store is missing");
}

HealthServer::~HealthServer() = default;

void HealthServer::start() {
    if (!running_) running_ = std::make_unique<Running>(options_);
}

void HealthServer::stop() {
    running_.reset();
}

std::uint16_t HealthServer::port() const {
    return running_ ? running_->port() : options_.port;
}

}  // namespace errand::server
