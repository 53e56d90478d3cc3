#include "cli/doctor/effect_checks.hpp"

#include <fmt/format.h>

namespace errand::cli::doctor {
namespace {

CheckFinding check_webhooks(const WebhookSettings& settings) {
    try {
        static_cast<void>(webhook_handler(webhook_options(settings)));
        return {true, "webhooks",
                fmt::format("{} secrets", settings.secrets.size() + settings.secrets_env.size())};
    } catch (const Error& error) {
        return {false, "webhooks", error.what()};
    }
}

CheckFinding check_email(const EmailSettings& settings) {
    try {
        static_cast<void>(make_email_handler(settings));
        return {true, "email", "sends by " + settings.options.server};
    } catch (const Error& error) {
        return {false, "email", error.what()};
    }
}

}  // namespace

std::vector<CheckFinding> check_effects(const Config& config) {
    std::vector<CheckFinding> findings;
    if (!config.webhooks.place.empty()) findings.push_back(check_webhooks(config.webhooks));
    if (config.email) findings.push_back(check_email(*config.email));
    return findings;
}

}  // namespace errand::cli::doctor
