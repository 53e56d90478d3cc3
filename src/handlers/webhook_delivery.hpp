#pragma once

#include "handlers/webhook_signature.hpp"

#include <errand/context.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace errand::handlers {

/// What a job of type errand.webhook asks for.
struct WebhookDelivery {
    std::string url;
    std::string secret_name = "default";
    std::string id;            ///< of the event: the header webhook-id
    std::string content_type;  ///< of the body
    std::string body;          ///< the same at every attempt

    /// Reads a job's args, see webhook_handler(). Throws Error (invalid_argument) naming the member
    /// that is wrong; the URL is not shown.
    [[nodiscard]] static WebhookDelivery parse(std::string_view args);
};

/// The header lines of an attempt at `now`. `secrets` is not empty.
[[nodiscard]] std::vector<std::string> webhook_headers(const Context& job,
                                                       const WebhookDelivery& delivery,
                                                       std::span<const WebhookSecret> secrets,
                                                       Timestamp now);

}  // namespace errand::handlers
