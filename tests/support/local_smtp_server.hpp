#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace errand::testing {

/// A mail server on a free port of 127.0.0.1 for the life of the object, one conversation at a
/// time. It takes everything, unless told what to answer.
class LocalSmtpServer {
public:
    /// The answer to a command, "550 no"; empty: the usual one. "" is the greeting's command, "."
    /// the one that ends a mail.
    using Answer = std::function<std::string(std::string_view command)>;

    struct Mail {
        std::string from;  ///< between the angle brackets
        std::vector<std::string> to;
        std::string message;  ///< CRLF, dots unstuffed
    };

    explicit LocalSmtpServer(Answer answer = {}) : answer_(std::move(answer)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, any, &size) != 0) {
            throw std::runtime_error("no port for a mail server");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread{[this] { accept(); }};
    }
    ~LocalSmtpServer() {
        ::shutdown(listener_, SHUT_RDWR);
        {
            const std::lock_guard lock{mutex_};
            if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
        }
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] unsigned short port() const noexcept { return port_; }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::vector<Mail> mails() const {
        const std::lock_guard lock{mutex_};
        return mails_;
    }
    /// All commands of all conversations.
    [[nodiscard]] std::vector<std::string> commands() const {
        const std::lock_guard lock{mutex_};
        return commands_;
    }

private:
    void accept() {
        while (true) {
            const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            {
                const std::lock_guard lock{mutex_};
                connection_ = connection;
            }
            converse(connection);
            const std::lock_guard lock{mutex_};
            connection_ = -1;
            ::close(connection);
        }
    }

    static bool say(int connection, const std::string& text) {
        const auto line = text + "\r\n";
        return ::send(connection, line.data(), line.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(line.size());
    }
    /// False: the other side is gone.
    static bool hear(int connection, std::string& buffer, std::string& line) {
        auto end = buffer.find("\r\n");
        while (end == std::string::npos) {
            char bytes[4096];
            const auto count = ::recv(connection, bytes, sizeof bytes, 0);
            if (count <= 0) return false;
            buffer.append(bytes, static_cast<std::size_t>(count));
            end = buffer.find("\r\n");
        }
        line = buffer.substr(0, end);
        buffer.erase(0, end + 2);
        return true;
    }

    std::string answer_to(std::string_view command, std::string usual) {
        const std::lock_guard lock{mutex_};
        commands_.emplace_back(command);
        auto text = answer_ ? answer_(command) : std::string{};
        return text.empty() ? usual : text;
    }

    static std::string between_brackets(const std::string& line) {
        const auto open = line.find('<');
        return line.substr(open + 1, line.find('>') - open - 1);
    }

    void converse(int connection) {
        std::string buffer;
        std::string line;
        Mail mail;
        bool more = say(connection, answer_to("", "220 ready"));
        while (more && hear(connection, buffer, line)) {
            if (line.starts_with("EHLO")) {
                more = say(connection, answer_to(line, "250-here\r\n250 AUTH PLAIN"));
            } else if (line.starts_with("AUTH")) {
                more = say(connection, answer_to(line, "235 welcome"));
            } else if (line.starts_with("MAIL FROM:")) {
                mail = {between_brackets(line), {}, {}};
                more = say(connection, answer_to(line, "250 sender taken"));
            } else if (line.starts_with("RCPT TO:")) {
                mail.to.push_back(between_brackets(line));
                more = say(connection, answer_to(line, "250 recipient taken"));
            } else if (line == "DATA") {
                const auto reply = answer_to(line, "354 go on");
                more = say(connection, reply) &&
                       (!reply.starts_with("354") || take(connection, buffer, mail));
            } else {
                say(connection, answer_to(line, "221 good-bye"));
                more = false;
            }
        }
    }

    bool take(int connection, std::string& buffer, Mail& mail) {
        std::string line;
        while (hear(connection, buffer, line)) {
            if (line == ".") {
                const auto reply = answer_to(line, "250 kept");
                if (reply.starts_with("250")) {
                    const std::lock_guard lock{mutex_};
                    mails_.push_back(mail);
                }
                return say(connection, reply);
            }
            mail.message += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
        }
        return false;
    }

    Answer answer_;
    int listener_ = -1;
    unsigned short port_ = 0;
    mutable std::mutex mutex_;
    std::vector<Mail> mails_;            ///< guarded by mutex_
    std::vector<std::string> commands_;  ///< guarded by mutex_
    int connection_ = -1;                ///< guarded by mutex_
    std::jthread thread_;
};

}  // namespace errand::testing
