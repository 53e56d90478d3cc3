#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace errand::cli {

struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;  ///< 0: any free one
};

/// "127.0.0.1:7420", "localhost:0", "[::1]:7420". Throws Error (invalid_argument).
[[nodiscard]] ListenAddress parse_listen_address(std::string_view text);

/// "http://HOST:PORT", with brackets around an IPv6 address.
[[nodiscard]] std::string http_url(const std::string& host, std::uint16_t port);

}  // namespace errand::cli
