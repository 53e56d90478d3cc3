#include "server/http_client.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace errand::test {

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket_);
        throw std::runtime_error("connection refused");
    }
    const timeval limit{30, 0};  // a hanging server fails the test instead of stopping it
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

HttpClient::~HttpClient() {
    ::close(socket_);
}

bool HttpClient::send(std::string_view text) {
    while (!text.empty()) {
        const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool HttpClient::fill() {
    char block[4096];
    const auto got = ::recv(socket_, block, sizeof block, 0);
    if (got <= 0) return false;
    buffer_.append(block, static_cast<std::size_t>(got));
    return true;
}

HttpReply HttpClient::read(bool with_body) {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return {};
    }
    HttpReply reply;
    reply.head = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    reply.status = std::atoi(reply.head.c_str() + reply.head.find(' '));
    const auto length_at = reply.head.find("Content-Length: ");
    const std::size_t length =
        with_body && length_at != std::string::npos
            ? static_cast<std::size_t>(std::atol(reply.head.c_str() + length_at + 16))
            : 0;
    while (buffer_.size() < length) {
        if (!fill()) throw std::runtime_error("the answer was cut off");
    }
    reply.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return reply;
}

HttpReply HttpClient::request(std::string_view method, std::string_view target) {
    send(fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n\r\n", method, target));
    return read(method != "HEAD");
}

bool HttpClient::closed() {
    char byte = 0;
    return buffer_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
}

HttpReply fetch(std::uint16_t port, std::string_view target, std::string_view method) {
    return HttpClient{port}.request(method, target);
}

}  // namespace errand::test
