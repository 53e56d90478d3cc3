#pragma once

#include "handlers/webhook_signature.hpp"

#include <errand/context.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the http handler sends, and how it speaks of where it sends it.

namespace errand::handlers {

/// The body: {"id","type","queue","attempt","max_attempts","args","meta"}; args and meta byte by
/// byte.
[[nodiscard]] std::string http_body(const Context& job);

/// The header lines for `body`, sent at `now`: the handler's own and `additions`.
[[nodiscard]] std::vector<std::string> http_headers(
    const Context& job, const std::map<std::string, std::string>& additions,
    const std::optional<WebhookSecret>& secret, std::string_view body, Timestamp now);

/// Throws Error (invalid_argument) for a name or value that HTTP does not allow, and for a name
/// that the handler sets itself. Values are not shown.
void check_http_headers(const std::map<std::string, std::string>& headers);

/// "https://host:8443" of a URL: its user, path and query may hold secrets and are never shown.
/// Throws Error (invalid_argument) when it is no absolute http(s) URL with a host.
[[nodiscard]] std::string http_origin(std::string_view url);

}  // namespace errand::handlers
