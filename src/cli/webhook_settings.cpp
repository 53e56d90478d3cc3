#include "cli/webhook_settings.hpp"

#include "base/text.hpp"
#include "cli/toml_section.hpp"
#include "handlers/address_guard.hpp"
#include "handlers/webhook_signature.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <sstream>

namespace errand::cli {
namespace {

using Secrets = std::map<std::string, std::vector<std::string>, std::less<>>;

[[noreturn]] void refuse(const WebhookSettings& settings, const std::string& reason) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: [webhooks] {}", settings.place, reason));
}

void add(const WebhookSettings& settings, const std::string& name, const std::string& text,
         Secrets& secrets) {
    auto& list = secrets[name];
    std::istringstream words{text};
    for (std::string word; words >> word;) {
        try {
            static_cast<void>(handlers::WebhookSecret::parse(word));
        } catch (const Error& error) {
            refuse(settings,
                   fmt::format("secret {}: {}", base::quote_for_message(name), error.what()));
        }
        list.push_back(word);
    }
    if (list.empty())
        refuse(settings,
               fmt::format("secret {} is empty: give whsec_…", base::quote_for_message(name)));
}

}  // namespace

WebhookSettings read_webhooks(TomlSection& from) {
    WebhookSettings settings;
    settings.place = from.place();
    from.read("secrets", settings.secrets);
    from.read("secrets_env", settings.secrets_env);
    for (const auto& [name, variable] : settings.secrets_env) {
        if (settings.secrets.contains(name))
            from.refuse("secrets_env",
                        fmt::format("`{}` stands in `secrets` too; keep one of them", name));
    }
    from.read("allow", settings.allow);
    for (const auto& range : settings.allow) {
        try {
            static_cast<void>(handlers::AddressRange::parse(range));
        } catch (const Error& error) {
            from.refuse("allow", error.what());
        }
    }
    from.read("timeout", settings.timeout);
    if (settings.timeout < std::chrono::milliseconds{1})
        from.refuse("timeout", "must be at least 1ms");
    return settings;
}

WebhookOptions webhook_options(const WebhookSettings& settings) {
    auto secrets = std::make_shared<Secrets>();
    for (const auto& [name, text] : settings.secrets)
        add(settings, name, text, *secrets);
    for (const auto& [name, variable] : settings.secrets_env) {
        const char* text = std::getenv(variable.c_str());
        if (text == nullptr) {
            refuse(settings, fmt::format("secrets_env: the environment has no variable {}; set it "
                                         "to the signing secret, or correct the name",
                                         base::quote_for_message(variable)));
        }
        add(settings, name, text, *secrets);
    }
    WebhookOptions options;
    options.secrets = [secrets](std::string_view name) {
        const auto found = secrets->find(name);
        return found == secrets->end() ? std::vector<std::string>{} : found->second;
    };
    options.allow = settings.allow;
    options.timeout = settings.timeout;
    return options;
}

}  // namespace errand::cli
