#pragma once

#include "cli/toml_section.hpp"

#include <errand/store/events.hpp>

#include <string_view>
#include <vector>

namespace errand {
class Store;
}

namespace errand::cli {

/// [webhooks.NAME]: to whom what is delivered. The names "secrets" and "secrets_env" are taken.
[[nodiscard]] Subscription read_webhook(TomlSection& from, std::string_view name);

/// Subscribes all of them. Those that were declared before and stand in the file no longer stay:
/// `errand webhook remove` ends them.
void declare_webhooks(const std::vector<Subscription>& webhooks, Store& store);

}  // namespace errand::cli
