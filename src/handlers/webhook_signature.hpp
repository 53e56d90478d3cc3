#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace errand::handlers {

/// The shared key of the Standard Webhooks scheme v1 (HMAC-SHA256). Never printed.
class WebhookSecret {
public:
    /// Reads "whsec_" and the base64 of 24 to 64 bytes. Throws Error (invalid_argument), which does
    /// not show the text.
    [[nodiscard]] static WebhookSecret parse(std::string_view text);

    /// The value of the header webhook-signature, "v1,<base64>", for a message sent at
    /// `unix_seconds`.
    [[nodiscard]] std::string sign(std::string_view id, std::int64_t unix_seconds,
                                   std::string_view body) const;

private:
    explicit WebhookSecret(std::string key) : key_(std::move(key)) {}

    std::string key_;
};

}  // namespace errand::handlers
