#pragma once

#include <errand/explain.hpp>
#include <errand/limit.hpp>
#include <errand/queue_settings.hpp>
#include <errand/store/events.hpp>

#include <string>

// Limits, keys, settings and explanations as JSON documents, in the manner of job_json.hpp.

namespace errand {

/// {"scope", "concurrency", "rate", "breaker", "window", "held", "holders", "available",
/// "opens_at", "slowed_until", "failures", "broken_until", "window_opens_at"}
[[nodiscard]] std::string to_json_text(const LimitView& view);

/// {"scope", "since", "by"}
[[nodiscard]] std::string to_json_text(const PauseView& view);

/// {"queue", "key", "blocked", "holders"}
[[nodiscard]] std::string to_json_text(const KeyView& view);

/// {"order", "aging", "key_concurrency", "max_age", "key_weights"}
[[nodiscard]] std::string to_json_text(const QueueSettings& settings);

/// {"name", "url", "secret", "kinds", "job", "type", "queue", "acknowledged", "missed",
/// "created_at", "read_at"}
[[nodiscard]] std::string to_json_text(const SubscriptionView& view);

/// {"id", "state", "at", "reasons": [{"code", "text", "scope", "since", "until", "who", "jobs",
/// "count", "because"}]}
[[nodiscard]] std::string to_json_text(const Explanation& explanation);

}  // namespace errand
