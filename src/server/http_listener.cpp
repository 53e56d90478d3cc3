#include "server/http_listener.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <list>
#include <optional>
#include <utility>

namespace errand::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

auto into(error_code& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

std::string address_text(const std::string& host, std::uint16_t port) {
    const bool bare_v6 = host.find(':') != std::string::npos && host.front() != '[';
    return bare_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

tcp::acceptor bind(asio::io_context& context, const std::string& host, std::uint16_t port) {
    try {
        const auto found = tcp::resolver{context}.resolve(host, std::to_string(port));
        return tcp::acceptor{context, found.begin()->endpoint()};
    } catch (const boost::system::system_error& error) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("cannot listen on {}: {}; choose another address, or stop the "
                                "program that uses this one",
                                address_text(host, port), error.code().message()));
    }
}

/// The answer to a request that cannot be read; none: there is nobody to answer.
std::optional<HttpResponse> answer_to_broken(error_code error) {
    if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return HttpResponse{431, "header too large\n"};
    }
    if (error == http::error::body_limit) return HttpResponse{413, "body too large\n"};
    if (error.category() == http::make_error_code(http::error::bad_method).category()) {
        return HttpResponse{400, "bad request\n"};
    }
    return {};
}

Response to_beast(HttpResponse answer, unsigned version, bool head) {
    Response response{static_cast<http::status>(answer.status), version};
    response.set(http::field::server, "errand");
    response.set(http::field::content_type, answer.content_type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
    response.content_length(answer.body.size());
    if (!head) response.body() = std::move(answer.body);
    return response;
}

HttpRequest to_request(const Request& request) {
    const std::string_view target{request.target().data(), request.target().size()};
    return {std::string{request.method_string()}, std::string{target.substr(0, target.find('?'))}};
}

struct Connection {
    beast::tcp_stream stream;
    bool answering = false;
};

}  // namespace

class HttpListener::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& context, const std::string& host, std::uint16_t port, Handler handler,
         const HttpLimits& limits)
        : context_(context),
          acceptor_(bind(context, host, port)),
          vacancy_(context),
          handler_(std::move(handler)),
          limits_(limits) {}

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    void start() { spawn(accept_all()); }
    void stop();

private:
    using Place = std::list<Connection>::iterator;

    /// Keeps this object alive until `work` is done.
    void spawn(asio::awaitable<void> work) {
        asio::co_spawn(context_, std::move(work),
                       [self = shared_from_this()](std::exception_ptr) {});
    }
    asio::awaitable<void> accept_all();
    asio::awaitable<void> pause(std::chrono::milliseconds time);
    asio::awaitable<void> serve(Place place);
    /// One request and its answer; false: the connection is done with.
    asio::awaitable<bool> serve_one(Connection& connection, beast::flat_buffer& buffer);
    asio::awaitable<HttpResponse> handle(const Request& request);
    asio::awaitable<void> close_after_grace();
    [[nodiscard]] bool full() const { return connections_.size() >= limits_.connections; }

    asio::io_context& context_;
    tcp::acceptor acceptor_;
    asio::steady_timer vacancy_;  // cancelled when a connection has closed
    Handler handler_;
    HttpLimits limits_;
    std::list<Connection> connections_;
    bool stopping_ = false;
};

asio::awaitable<void> HttpListener::Impl::pause(std::chrono::milliseconds time) {
    vacancy_.expires_after(time);
    error_code ignored;
    co_await vacancy_.async_wait(into(ignored));
}

asio::awaitable<void> HttpListener::Impl::accept_all() {
    while (!stopping_) {
        if (full()) {
            co_await pause(limits_.timeout);
            continue;
        }
        error_code error;
        auto socket = co_await acceptor_.async_accept(into(error));
        if (stopping_) break;
        if (error) {  // out of descriptors, or the peer left: never spin on it
            co_await pause(std::chrono::milliseconds{50});
            continue;
        }
        connections_.push_back({beast::tcp_stream{std::move(socket)}});
        spawn(serve(std::prev(connections_.end())));
    }
}

asio::awaitable<void> HttpListener::Impl::serve(Place place) {
    try {
        beast::flat_buffer buffer{limits_.header_bytes + limits_.body_bytes};
        while (co_await serve_one(*place, buffer)) {
        }
        error_code ignored;
        place->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    } catch (const std::exception&) {  // out of memory: this connection is lost, others are not
    }
    connections_.erase(place);
    vacancy_.cancel();
}

asio::awaitable<bool> HttpListener::Impl::serve_one(Connection& connection,
                                                    beast::flat_buffer& buffer) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(limits_.header_bytes);
    parser.body_limit(limits_.body_bytes);
    error_code error;
    connection.stream.expires_after(limits_.timeout);
    co_await http::async_read(connection.stream, buffer, parser, into(error));
    if (stopping_) co_return false;

    connection.answering = true;
    Response response;
    if (error) {
        auto answer = answer_to_broken(error);
        if (!answer) co_return false;
        response = to_beast(std::move(*answer), 11, false);
        response.keep_alive(false);
    } else {
        const auto& request = parser.get();
        const bool head = request.method() == http::verb::head;
        response = to_beast(co_await handle(request), request.version(), head);
        response.keep_alive(request.keep_alive() && !full() && !stopping_);
    }
    connection.stream.expires_after(limits_.timeout);
    // The serializer is told to send the header alone by the empty body of an answer to HEAD.
    co_await http::async_write(connection.stream, response, into(error));
    connection.answering = false;
    co_return !error && response.keep_alive() && !stopping_;
}

asio::awaitable<HttpResponse> HttpListener::Impl::handle(const Request& request) {
    try {
        co_return co_await handler_(to_request(request));
    } catch (const std::exception&) {
        co_return HttpResponse{500, "internal error\n"};
    }
}

void HttpListener::Impl::stop() {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    vacancy_.cancel();
    for (auto& connection : connections_) {
        if (!connection.answering) connection.stream.close();
    }
    spawn(close_after_grace());
}

asio::awaitable<void> HttpListener::Impl::close_after_grace() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    while (!connections_.empty() && std::chrono::steady_clock::now() < end) {
        co_await pause(std::chrono::milliseconds{1'000});
    }
    for (auto& connection : connections_)
        connection.stream.close();
}

HttpListener::HttpListener(asio::io_context& context, const std::string& host, std::uint16_t port,
                           Handler handler, const HttpLimits& limits)
    : impl_(std::make_shared<Impl>(context, host, port, std::move(handler), limits)) {}

HttpListener::~HttpListener() = default;

std::uint16_t HttpListener::port() const {
    return impl_->port();
}
void HttpListener::start() {
    impl_->start();
}
void HttpListener::stop() {
    impl_->stop();
}

}  // namespace errand::server
