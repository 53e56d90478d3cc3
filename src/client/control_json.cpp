#include "client/control_json.hpp"

#include "base/text.hpp"
#include "client/json_writer.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace errand {
namespace {

using client::array_of;
using client::null_text;
using client::ObjectWriter;
using client::quoted_or_null;
using client::time_or_null;

template <class Number>
std::string number_or_null(const std::optional<Number>& number) {
    return number ? std::to_string(*number) : std::string{null_text};
}

/// What has a text form of its own.
template <class Value>
std::string text_or_null(const std::optional<Value>& value) {
    return value ? base::json_string(to_string(*value)) : std::string{null_text};
}

std::string ids(const std::vector<JobId>& jobs) {
    return array_of(jobs, [](const JobId& id) { return base::json_string(to_string(id)); });
}

std::string reason_json(const ExplainReason& reason) {
    return ObjectWriter{}
        .text("code", to_string(reason.code))
        .text("text", reason.text)
        .raw("scope",
             reason.scope ? base::json_string(to_string(*reason.scope)) : std::string{null_text})
        .raw("since", time_or_null(reason.since))
        .raw("until", time_or_null(reason.until))
        .raw("who", quoted_or_null(reason.who))
        .raw("jobs", ids(reason.jobs))
        .raw("count", number_or_null(reason.count))
        .raw("because", array_of(reason.because, reason_json))
        .finish();
}

}  // namespace

std::string to_json_text(const LimitView& view) {
    const auto& limit = view.limit;
    return ObjectWriter{}
        .text("scope", to_string(limit.scope))
        .raw("concurrency", number_or_null(limit.concurrency))
        .raw("rate", text_or_null(limit.rate))
        .raw("breaker", text_or_null(limit.breaker))
        .raw("window", text_or_null(limit.window))
        .number("held", view.held)
        .raw("holders", ids(view.holders))
        .raw("available", number_or_null(view.available))
        .raw("opens_at", time_or_null(view.opens_at))
        .raw("slowed_until", time_or_null(view.slowed_until))
        .number("failures", view.failures)
        .raw("broken_until", time_or_null(view.broken_until))
        .raw("window_opens_at", time_or_null(view.window_opens_at))
        .finish();
}

std::string to_json_text(const PauseView& view) {
    return ObjectWriter{}
        .text("scope", to_string(view.scope))
        .text("since", format_timestamp(view.since))
        .raw("by", quoted_or_null(view.by))
        .finish();
}

std::string to_json_text(const KeyView& view) {
    return ObjectWriter{}
        .text("queue", view.queue)
        .text("key", view.key)
        .number("blocked", view.blocked)
        .raw("holders", ids(view.holders))
        .finish();
}

std::string to_json_text(const SubscriptionView& view) {
    const auto& subscription = view.subscription;
    const auto& filter = subscription.filter;
    return ObjectWriter{}
        .text("name", subscription.name)
        .raw("url", quoted_or_null(subscription.url))
        .raw("secret", quoted_or_null(subscription.secret_name))
        .raw("kinds", array_of(filter.kinds,
                               [](EventKind kind) { return base::json_string(to_string(kind)); }))
        .raw("job", text_or_null(filter.job))
        .raw("type", quoted_or_null(filter.type))
        .raw("queue", quoted_or_null(filter.queue))
        .number("acknowledged", view.acknowledged)
        .number("missed", view.missed)
        .text("created_at", format_timestamp(view.created_at))
        .text("read_at", format_timestamp(view.read_at))
        .finish();
}

std::string to_json_text(const QueueSettings& settings) {
    ObjectWriter weights;
    for (const auto& [key, weight] : settings.key_weights)
        weights.raw_name(base::json_string(key), std::to_string(weight));
    return ObjectWriter{}
        .text("order", to_string(settings.order))
        .text("aging", format_duration(settings.aging))
        .number("key_concurrency", settings.key_concurrency)
        .text("max_age", format_duration(settings.max_age))
        .raw("key_weights", weights.finish())
        .finish();
}

std::string to_json_text(const Explanation& explanation) {
    return ObjectWriter{}
        .text("id", to_string(explanation.id))
        .text("state", to_string(explanation.state))
        .text("at", format_timestamp(explanation.at))
        .raw("reasons", array_of(explanation.reasons, reason_json))
        .finish();
}

}  // namespace errand
