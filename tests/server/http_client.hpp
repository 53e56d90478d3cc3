#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace errand::test {

struct HttpReply {
    int status = 0;  ///< 0: closed without an answer
    std::string head;
    std::string body;
};

/// A plain blocking client on one socket, to say things that a polite client would not.
class HttpClient {
public:
    explicit HttpClient(std::uint16_t port);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// False: the peer has closed.
    bool send(std::string_view text);
    /// The next reply; `with_body` false for answers to HEAD.
    HttpReply read(bool with_body = true);
    HttpReply request(std::string_view method, std::string_view target);
    /// Waits until the peer closes; true when nothing came before.
    bool closed();

private:
    bool fill();
    int socket_;
    std::string buffer_;
};

/// One request on a connection of its own.
HttpReply fetch(std::uint16_t port, std::string_view target, std::string_view method = "GET");

}  // namespace errand::test
