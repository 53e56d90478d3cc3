#include "core/place.hpp"

#include "base/text.hpp"
#include "base/wide.hpp"

#include <errand/error.hpp>
#include <errand/limits.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace errand {

std::string_view to_string(QueueOrder order) noexcept {
    switch (order) {
        case QueueOrder::fifo:
            return "fifo";
        case QueueOrder::lifo:
            return "lifo";
        case QueueOrder::fair:
            return "fair";
    }
    return "";
}

QueueOrder parse_queue_order(std::string_view text) {
    for (const auto order : {QueueOrder::fifo, QueueOrder::lifo, QueueOrder::fair}) {
        if (to_string(order) == text) return order;
    }
    throw Error(ErrorCode::invalid_argument,
                fmt::format("order: {} is not known; use fifo, lifo or fair",
                            base::quote_for_message(text)));
}

}  // namespace errand

namespace errand::core {

namespace {

constexpr Duration max_aging = std::chrono::days{365};
constexpr Duration max_age = std::chrono::days{365};
constexpr std::uint32_t max_key_concurrency = 1'000;
constexpr std::uint32_t max_key_weight = 1'000;
constexpr std::size_t max_key_weights = 10'000;

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::invalid_argument, message);
}

std::int64_t saturated(base::Wide value) noexcept {
    using Bounds = std::numeric_limits<std::int64_t>;
    return static_cast<std::int64_t>(std::clamp(value, static_cast<base::Wide>(Bounds::min()),
                                                static_cast<base::Wide>(Bounds::max())));
}

void validate_weights(const QueueSettings& settings) {
    if (settings.key_weights.empty()) return;
    if (settings.order != QueueOrder::fair) {
        refuse("key_weights: they count in fair queues only; set order to fair or leave them out");
    }
    if (settings.key_weights.size() > max_key_weights) {
        refuse(fmt::format("key_weights: {} keys are too many; at most {} may be named",
                           settings.key_weights.size(), max_key_weights));
    }
    for (const auto& [key, weight] : settings.key_weights) {
        if (key.empty() || key.size() > max_key_bytes) {
            refuse(fmt::format("key_weights: the key {} is not 1 to {} bytes long",
                               base::quote_for_message(key), max_key_bytes));
        }
        if (weight == 0 || weight > max_key_weight) {
            refuse(fmt::format("key_weights: {} of the key {} does not lie between 1 and {}",
                               weight, base::quote_for_message(key), max_key_weight));
        }
    }
}

}  // namespace

Place place_of(const QueueSettings& settings, const PlaceFacts& facts) noexcept {
    const auto due = facts.due.time_since_epoch().count();
    switch (settings.order) {
        case QueueOrder::fifo:
            break;
        case QueueOrder::lifo:
            return {facts.priority, -facts.number};
        case QueueOrder::fair:
            return {facts.priority, facts.fair_position};
    }
    if (settings.aging == Duration::zero()) return {facts.priority, due};
    return {0, saturated(static_cast<base::Wide>(due) -
                         static_cast<base::Wide>(facts.priority) * settings.aging.count())};
}

FairShare FairShare::next(std::int64_t virtual_time, std::int64_t previous_finish,
                          std::uint32_t weight) noexcept {
    const auto start = std::max(virtual_time, previous_finish);
    return {start, saturated(static_cast<base::Wide>(start) + cost / std::max(weight, 1U))};
}

std::uint32_t weight_of(const QueueSettings& settings, const std::string& key) {
    const auto known = settings.key_weights.find(key);
    return known == settings.key_weights.end() ? 1 : known->second;
}

void validate(const QueueSettings& settings) {
    if (settings.aging < Duration::zero() || settings.aging > max_aging) {
        refuse(fmt::format("aging: {} does not lie between 0 and 365 days",
                           format_duration(settings.aging)));
    }
    if (settings.aging != Duration::zero() && settings.order != QueueOrder::fifo) {
        refuse("aging: it counts in fifo queues only; set order to fifo or leave it out");
    }
    if (settings.max_age < Duration::zero() || settings.max_age > max_age) {
        refuse(fmt::format("max_age: {} does not lie between 0 and 365 days",
                           format_duration(settings.max_age)));
    }
    if (settings.key_concurrency > max_key_concurrency) {
        refuse(fmt::format("key_concurrency: {} is above {}; 0 lets keys hold nobody back",
                           settings.key_concurrency, max_key_concurrency));
    }
    validate_weights(settings);
}

}  // namespace errand::core
