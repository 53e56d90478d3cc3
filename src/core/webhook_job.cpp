#include "core/webhook_job.hpp"

#include "base/text.hpp"
#include "core/event_filter.hpp"
#include "core/trace_context.hpp"

#include <errand/cloud_event.hpp>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <string>

namespace errand::core {

namespace {

/// FNV-1a, begun with a number of its own for each half of an id.
std::uint64_t hash_of(std::string_view text, std::uint64_t begin) {
    std::uint64_t hash = 0xcbf29ce484222325U ^ begin;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3U;
    }
    return hash;
}

void put(std::uint64_t value, std::size_t from, std::size_t count, JobId& id) {
    for (std::size_t i = 0; i < count; ++i)
        id.bytes[from + i] = static_cast<std::uint8_t>(value >> (8 * (count - 1 - i)));
}

/// A UUIDv7 of the event's time whose random part follows from what it stands for.
JobId id_of(const Subscription& subscription, const Event& event) {
    const auto text =
        fmt::format("{}/{}/{}", subscription.name, event.seq, event.at.time_since_epoch().count());
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(event.at.time_since_epoch());
    JobId id;
    put(static_cast<std::uint64_t>(ms.count()), 0, 6, id);
    put(hash_of(text, 1), 6, 2, id);
    put(hash_of(text, 2), 8, 8, id);
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0FU) | 0x70U);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3FU) | 0x80U);
    return id;
}

}  // namespace

NewJob make_webhook_job(const Subscription& subscription, const Event& event,
                        std::string_view source, std::string_view queue) {
    NewJob job;
    job.id = id_of(subscription, event);
    job.type = webhook_job_type;
    job.queue = queue;
    job.max_attempts = webhook_attempts;
    job.args = fmt::format(R"([{{"url":{},"event":{})", base::json_string(subscription.url),
                           to_cloud_event(event, source));
    if (!subscription.secret_name.empty())
        job.args +=
            fmt::format(R"(,"secret_name":{})", base::json_string(subscription.secret_name));
    job.args += "}]";
    // In an event's data it stands where it stands in meta.
    const auto trace = traceparent_of(event.data);
    if (!trace.empty()) job.meta = fmt::format(R"({{"traceparent":{}}})", base::json_string(trace));
    return job;
}

}  // namespace errand::core
