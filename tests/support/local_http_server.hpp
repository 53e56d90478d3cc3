#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace errand::testing {

/// An HTTP/1.1 server on a free port of 127.0.0.1 for the life of the object. Every connection has
/// a thread; `respond` is called there, possibly by several at once.
class LocalHttpServer {
public:
    using Request = boost::beast::http::request<boost::beast::http::string_body>;
    using Response = boost::beast::http::response<boost::beast::http::string_body>;
    using Respond = std::function<Response(const Request&)>;

    explicit LocalHttpServer(Respond respond)
        : respond_(std::move(respond)),
          acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}),
          accepting_([this] { accept(); }) {}

    ~LocalHttpServer() {
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        accepting_.join();
        for (auto& connection : connections_)
            ::shutdown(connection.socket.native_handle(), SHUT_RDWR);
    }

    [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] std::string origin() const {
        return "http://127.0.0.1:" + std::to_string(port());
    }
    [[nodiscard]] std::string url() const { return origin() + "/jobs"; }

    /// Requests received whole, in order.
    [[nodiscard]] std::vector<Request> requests() const {
        const std::lock_guard lock{mutex_};
        return requests_;
    }
    /// Connections accepted so far.
    [[nodiscard]] std::size_t connection_count() const {
        const std::lock_guard lock{mutex_};
        return connections_.size();
    }

private:
    struct Connection {
        boost::asio::ip::tcp::socket socket;
        std::jthread thread{};  ///< joined before the socket goes
    };

    void accept() {
        while (true) {
            boost::system::error_code error;
            auto socket = acceptor_.accept(error);
            if (error) return;
            const std::lock_guard lock{mutex_};
            auto& connection = connections_.emplace_back(std::move(socket));
            connection.thread = std::jthread{[this, &connection] { serve(connection.socket); }};
        }
    }

    void serve(boost::asio::ip::tcp::socket& socket) {
        namespace http = boost::beast::http;
        boost::beast::flat_buffer buffer;
        boost::system::error_code error;
        while (true) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(64U << 20);
            http::read(socket, buffer, parser, error);
            if (error) break;
            const Request request = parser.release();
            {
                const std::lock_guard lock{mutex_};
                requests_.push_back(request);
            }
            Response response = respond_(request);
            response.prepare_payload();
            http::write(socket, response, error);
            if (error || response.need_eof()) break;
        }
        socket.shutdown(boost::asio::ip::tcp::socket::shutdown_both, error);
    }

    Respond respond_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    mutable std::mutex mutex_;
    std::vector<Request> requests_;      ///< guarded by mutex_
    std::list<Connection> connections_;  ///< guarded by mutex_ while accepting
    std::jthread accepting_;
};

}  // namespace errand::testing
