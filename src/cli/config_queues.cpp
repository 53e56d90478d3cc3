#include "cli/config_queues.hpp"

#include "core/limit_conditions.hpp"
#include "core/place.hpp"
#include "core/queue_group.hpp"
#include "core/rate.hpp"
#include "core/validate.hpp"

#include <algorithm>
#include <array>

namespace errand::cli {
namespace {

constexpr std::uint32_t most_threads = 1'024;
constexpr std::uint32_t most_turns = 1'000;
constexpr std::uint32_t most_leases = 1'000'000;
constexpr std::array<std::string_view, 5> settings_keys{"order", "aging", "key_concurrency",
                                                        "key_weights", "max_age"};

template <class Check>
auto placed(const TomlSection& from, Check check) {
    try {
        return check();
    } catch (const Error& error) {
        from.refuse(error.what());
    }
}

bool has_group(const Config& config, std::string_view queue) {
    return std::ranges::any_of(config.groups, [&](const QueueGroup& group) {
        return std::ranges::count(group.queues, queue, &QueueShare::name) > 0;
    });
}

QueueSettings read_settings(TomlSection& from) {
    QueueSettings settings;
    from.read_text("order", "\"fifo\", \"lifo\" or \"fair\"",
                   [&](const std::string& text) { settings.order = parse_queue_order(text); });
    from.read("aging", settings.aging);
    from.read("key_concurrency", settings.key_concurrency, 0, most_turns);
    from.read("key_weights", settings.key_weights);
    from.read("max_age", settings.max_age);
    placed(from, [&] { core::validate(settings); });
    return settings;
}

}  // namespace

QueueGroup read_group(TomlSection& from) {
    QueueGroup group;
    std::vector<std::string> queues;
    from.read("queues", queues);
    from.read("concurrency", group.concurrency, 1, most_threads);
    placed(from, [&] {
        for (const auto& text : queues) {
            if (text.find('*') != text.npos) group.choice = QueueChoice::weighted;
            group.queues.push_back(core::parse_queue_share(text));
        }
        core::validate(group);
    });
    return group;
}

void read_queue(TomlSection& from, std::string_view name, Config& config) {
    placed(from, [&] { core::validate_queue(name); });
    QueueGroup own{{{std::string{name}}}};
    if (has_group(config, name)) {
        if (from.has("concurrency")) {
            from.refuse("concurrency",
                        "is not possible for a queue of a group, whose threads it shares; remove "
                        "it here, or the queue from its [groups] section");
        }
    } else {
        from.read("concurrency", own.concurrency, 1, most_threads);
        config.groups.push_back(std::move(own));
    }
    const bool ordered =
        std::ranges::any_of(settings_keys, [&](std::string_view key) { return from.has(key); });
    const auto settings = read_settings(from);
    if (ordered) config.settings.queues[std::string{name}] = settings;
}

void read_scope_limit(TomlSection& from, std::string_view scope, Config& config) {
    Limit limit;
    limit.scope = placed(from, [&] { return Scope::parse(scope); });
    std::uint32_t concurrency = 0;
    from.read("concurrency", concurrency, 1, most_leases);
    if (concurrency > 0) limit.concurrency = concurrency;
    from.read_text("rate", "a rate in quotes, for example \"100/1m\"",
                   [&](const std::string& text) { limit.rate = Rate::parse(text); });
    from.read_text("breaker", "a breaker in quotes, for example \"5 failures, open 30s\"",
                   [&](const std::string& text) { limit.breaker = Breaker::parse(text); });
    from.read_text("window", "a window in quotes, for example \"mon-fri 08:00-18:00\"",
                   [&](const std::string& text) { limit.window = TimeWindow::parse(text); });
    from.finish();  // a misspelt key is the better reason
    if (core::bounds_nothing(limit)) {
        from.refuse(
            "needs concurrency = N, rate = \"100/1m\", breaker = \"5 failures, open 30s\" or "
            "window = \"mon-fri 08:00-18:00\"");
    }
    config.settings.limits.push_back(std::move(limit));
}

}  // namespace errand::cli
