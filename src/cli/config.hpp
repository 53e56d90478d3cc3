#pragma once

#include "cli/email_settings.hpp"
#include "cli/schedule_settings.hpp"
#include "cli/store_settings.hpp"
#include "cli/webhook_settings.hpp"

#include <errand/handlers.hpp>
#include <errand/limits.hpp>
#include <errand/store/events.hpp>
#include <errand/worker.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// errand.toml: settings and handlers without C++. Read strictly: a key that is not known or a value
// that is not understood is an error with file, line and the nearest valid name.

namespace errand::cli {

/// One [handlers."TYPE"] section. Nothing of it is checked against the outside world before a
/// worker starts, so that commands which run no handler need neither programs nor secrets.
struct HandlerConfig {
    std::string type;
    std::variant<ExecOptions, HttpOptions> work;
    std::string secret_env;  ///< http: the environment variable that holds the secret
    HandlerOptions options;
    std::string place;  ///< "errand.toml:12", for messages
};

struct Config {
    std::string file;  ///< where it was read from; empty: defaults
    std::string store;
    std::string listen = "127.0.0.1:7420";
    Limits limits;
    WorkerOptions worker;                   ///< without queues; limits and retention included
    std::vector<QueueGroup> groups;         ///< [groups], then the [queues] that stand in none
    StoreSettings settings;                 ///< for the store, set when a worker starts
    std::vector<ScheduleConfig> schedules;  ///< declared when a worker starts
    std::vector<HandlerConfig> handlers;    ///< in the order of the file
    WebhookSettings webhooks;
    std::vector<Subscription> declared_webhooks;  ///< subscribed when a worker starts
    std::optional<EmailSettings> email;
};

/// Reads TOML text; `name` is the file's name in messages. Throws Error (invalid_argument):
/// "NAME:LINE: what is wrong and what would be right".
[[nodiscard]] Config parse_config(std::string_view text, const std::string& name);

/// Reads a file. Throws Error (invalid_argument), also when it cannot be read.
[[nodiscard]] Config load_config(const std::string& path);

/// "64KiB", "1MiB", "2GiB", "512B" or plain bytes. Throws Error (invalid_argument).
[[nodiscard]] std::uint64_t parse_size(std::string_view text);

}  // namespace errand::cli
