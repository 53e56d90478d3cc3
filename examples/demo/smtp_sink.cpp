#include "demo/smtp_sink.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <csignal>
#include <string>

namespace demo {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds silence{30};
constexpr std::size_t most_conversations = 32;

/// One conversation. Its timer closes the socket, which ends the read that waits.
class Conversation {
public:
    Conversation(tcp::socket socket, Mailbox& mailbox)
        : socket_(std::move(socket)),
          timer_(socket_.get_executor()),
          session_([&mailbox](const ReceivedMail& mail) { mailbox.keep(mail); }) {}

    asio::awaitable<void> run() {
        co_await write(SmtpSession::greeting());
        while (!session_.is_over())
            co_await write(session_.answer(co_await read_line()));
    }

private:
    void restart_timer() {
        timer_.expires_after(silence);
        timer_.async_wait([this](boost::system::error_code error) {
            // Cancelled when restarted or destroyed; then `this` may be gone.
            if (!error) socket_.close(error);
        });
    }

    asio::awaitable<std::string> read_line() {
        restart_timer();
        const std::size_t size = co_await asio::async_read_until(
            socket_, asio::dynamic_buffer(buffer_, smtp_line_bytes), '\n', asio::use_awaitable);
        std::string line = buffer_.substr(0, size - 1);
        buffer_.erase(0, size);
        if (line.ends_with('\r')) line.pop_back();
        co_return line;
    }

    asio::awaitable<void> write(std::string text) {
        if (text.empty()) co_return;
        co_await asio::async_write(socket_, asio::buffer(text), asio::use_awaitable);
    }

    tcp::socket socket_;
    asio::steady_timer timer_;
    SmtpSession session_;
    std::string buffer_;
};

/// A client that breaks the connection or sends an endless line ends its conversation, nothing
/// else.
asio::awaitable<void> converse(tcp::socket socket, Mailbox& mailbox, std::size_t& conversations) {
    ++conversations;
    try {
        Conversation conversation{std::move(socket), mailbox};
        co_await conversation.run();
    } catch (const std::exception&) {
    }
    --conversations;
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, Mailbox& mailbox) {
    std::size_t conversations = 0;
    while (true) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        if (conversations == most_conversations) continue;  // closes it
        asio::co_spawn(acceptor.get_executor(), converse(std::move(socket), mailbox, conversations),
                       asio::detached);
    }
}

}  // namespace

void run_smtp_sink(std::uint16_t port, Mailbox& mailbox,
                   const std::function<void(std::uint16_t)>& on_ready) {
    asio::io_context context{1};
    asio::signal_set signals{context, SIGINT, SIGTERM};
    signals.async_wait([&context](const auto&, int) { context.stop(); });
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), port}};
    asio::co_spawn(context, accept_all(acceptor, mailbox), asio::detached);
    on_ready(acceptor.local_endpoint().port());
    context.run();
}

}  // namespace demo
