#pragma once

#include "handlers/smtp_server.hpp"

#include <errand/time.hpp>

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace errand::handlers {

struct SmtpRequest {
    const SmtpServer* server = nullptr;
    std::string_view user, password;  ///< empty user: none is asked for
    std::string_view ca_file;         ///< empty: those of the system
    std::string_view from;            ///< addresses alone
    std::vector<std::string> recipients;
    std::string_view message;  ///< lines with CRLF
    Duration timeout{};        ///< of everything from the name look-up to the last answer
};

struct SmtpAnswer {
    enum class End : std::uint8_t {
        taken,     ///< the server answers for it now, for all recipients
        hopeless,  ///< refused for good: the same mail would be refused again
        failed,    ///< anything else: another attempt may succeed
        stopped,
        timed_out
    };

    End end = End::failed;
    int code = 0;      ///< the server's last answer; 0: none
    std::string text;  ///< why: the server's words, or what went wrong, without user and password
};

/// Hands a mail to a server: to all recipients or to none of them. Opens a connection per mail.
/// Throws Error (limit_exceeded) when libcurl cannot get memory or descriptors.
[[nodiscard]] SmtpAnswer send_smtp(const SmtpRequest& request, const std::stop_token& stop);

}  // namespace errand::handlers
