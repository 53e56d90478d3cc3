#include "cli/listen_address.hpp"

#include "base/text.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <charconv>

namespace errand::cli {
namespace {

[[noreturn]] void refuse(std::string_view text) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("listen: {} is not HOST:PORT, for example 127.0.0.1:7420 or [::1]:7420",
                            base::quote_for_message(text)));
}

}  // namespace

ListenAddress parse_listen_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) refuse(text);
    ListenAddress address{std::string{text.substr(0, colon)}, 0};
    const std::string_view port = text.substr(colon + 1);
    const char* end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data(), end, address.port);
    if (port.empty() || error != std::errc{} || stop != end) refuse(text);
    const bool bracketed = address.host.front() == '[';
    if (bracketed != (address.host.back() == ']')) refuse(text);
    if (bracketed) {
        address.host = address.host.substr(1, address.host.size() - 2);
    } else if (address.host.find(':') != std::string::npos) {
        refuse(text);
    }
    if (address.host.empty()) refuse(text);
    return address;
}

std::string http_url(const std::string& host, std::uint16_t port) {
    if (host.find(':') != std::string::npos) return fmt::format("http://[{}]:{}", host, port);
    return fmt::format("http://{}:{}", host, port);
}

}  // namespace errand::cli
