#include "cli/config_webhooks.hpp"

#include "cli/event_filter_flags.hpp"
#include "core/event_filter.hpp"

#include <errand/store/store.hpp>

namespace errand::cli {

Subscription read_webhook(TomlSection& from, std::string_view name) {
    Subscription webhook;
    webhook.name = name;
    from.read("url", webhook.url);
    if (webhook.url.empty()) from.refuse("needs url = \"https://host/path\"");
    from.read("secret", webhook.secret_name);
    from.read("type", webhook.filter.type);
    from.read("queue", webhook.filter.queue);
    std::vector<std::string> kinds;
    from.read_texts("kinds", kinds);
    try {
        for (const auto& kind : kinds)
            webhook.filter.kinds.push_back(parse_kind(kind));
    } catch (const Error& error) {
        from.refuse("kinds", error.what());
    }
    try {
        return core::checked(webhook);
    } catch (const Error& error) {
        from.refuse(error.what());
    }
}

void declare_webhooks(const std::vector<Subscription>& webhooks, Store& store) {
    for (const auto& webhook : webhooks)
        store.put_subscription(webhook);
}

}  // namespace errand::cli
