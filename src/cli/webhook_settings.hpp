#pragma once

#include <errand/handlers.hpp>

#include <map>
#include <string>

namespace errand::cli {

class TomlSection;

/// [webhooks]: who signs deliveries and where they may go.
struct WebhookSettings {
    std::map<std::string, std::string> secrets;      ///< by name; several are parted by blanks
    std::map<std::string, std::string> secrets_env;  ///< by name: an environment variable with such
    std::vector<std::string> allow;
    Duration timeout = WebhookOptions{}.timeout;
    std::string place;  ///< "errand.toml:12", for messages; empty: there is no section
};

[[nodiscard]] WebhookSettings read_webhooks(TomlSection& from);

/// What the handler needs; looks into the environment. Throws Error (invalid_argument) naming the
/// variable that is missing or the secret that is none.
[[nodiscard]] WebhookOptions webhook_options(const WebhookSettings& settings);

}  // namespace errand::cli
