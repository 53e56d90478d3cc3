#pragma once

#include "server/http.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace errand::server {

/// Bounds of a listener, small because nobody sends it more than a line.
struct HttpLimits {
    std::uint32_t header_bytes = 8U << 10;  ///< a longer header gets 431
    std::uint64_t body_bytes = 8U << 10;    ///< a longer body gets 413
    std::size_t connections = 100;          ///< further ones wait until one has closed
    std::chrono::seconds timeout{10};  ///< for a whole request to come, and for its answer to go
};

/// HTTP/1.1 with keep-alive on the thread that runs the io_context: accepts, reads, asks `handler`,
/// answers. All members must be called on that thread, except for the constructor and port().
class HttpListener {
public:
    /// Answers one request; an exception out of it becomes 500.
    using Handler = std::function<boost::asio::awaitable<HttpResponse>(HttpRequest)>;

    /// Binds; port 0 chooses a free one. Throws Error (invalid_argument) naming address and remedy.
    HttpListener(boost::asio::io_context& context, const std::string& host, std::uint16_t port,
                 Handler handler, const HttpLimits& limits = {});
    ~HttpListener();

    [[nodiscard]] std::uint16_t port() const;
    void start();
    /// Closes the listener and idle connections; answers in the making get a second to go out. The
    /// io_context then runs out of work.
    void stop();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace errand::server
