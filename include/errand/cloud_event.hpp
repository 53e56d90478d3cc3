#pragma once

#include <errand/event.hpp>

#include <string>
#include <string_view>

namespace errand {

/// Where events come from unless somebody says so: the attribute "source".
inline constexpr std::string_view default_event_source = "/errand";

/// The event in the JSON format of CloudEvents 1.0, on one line: "specversion", "id", "source",
/// "type" ("dev.errand.job.completed"), "subject", "time", "datacontenttype" and "data", which has
/// Event::data with "job_type" and "queue" of a job; the extension "traceparent" when the job
/// carried one. `id` is the same for every reader of the event, and with `source` no other event's.
/// `source` is a URI reference.
[[nodiscard]] std::string to_cloud_event(const Event& event,
                                         std::string_view source = default_event_source);

}  // namespace errand
