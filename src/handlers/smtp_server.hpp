#pragma once

#include <errand/handlers.hpp>

#include <string>
#include <string_view>

namespace errand::handlers {

/// How a mail server is spoken to.
struct SmtpServer {
    std::string url;   ///< smtp://host:port or smtps://host:port
    std::string name;  ///< host:port, for messages
    SmtpTls tls = SmtpTls::required;

    /// Of the options' server and tls. Throws Error (invalid_argument) for a server that is none,
    /// and for a password that would travel where others can read it.
    [[nodiscard]] static SmtpServer of(const EmailOptions& options);
};

/// "localhost", 127.0.0.0/8 and ::1: what is sent there does not leave the machine.
[[nodiscard]] bool is_loopback_host(std::string_view host);

}  // namespace errand::handlers
