#include "engine/engine_options.hpp"

#include "base/text.hpp"
#include "core/labels.hpp"
#include "core/queue_group.hpp"
#include "core/validate.hpp"

#include <errand/error.hpp>

#include <set>
#include <string>

namespace errand::engine {
namespace {

constexpr std::uint32_t max_leases = 65'536;
constexpr std::size_t max_name_bytes = 255;

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::invalid_argument, message);
}

void require_number(std::string_view field, std::uint64_t value, std::uint64_t low,
                    std::uint64_t high) {
    if (value >= low && value <= high) return;
    refuse(std::string{field} + ": " + std::to_string(value) + " is out of range; give " +
           std::to_string(low) + " to " + std::to_string(high));
}

void require_length(std::string_view field, Duration value, Duration low, Duration high) {
    if (value >= low && value <= high) return;
    const auto shown = value < Duration::zero() ? "a negative time" : format_duration(value);
    refuse(std::string{field} + ": " + shown + " is out of range; give " + format_duration(low) +
           " to " + format_duration(high));
}

void validate_queues(const WorkerOptions& options) {
    std::set<std::string> seen;
    for (const auto& group : served_groups(options)) {
        core::validate(group);
        for (const auto& queue : group.queues) {
            if (seen.insert(queue.name).second) continue;
            refuse("queues: " + base::quote_for_message(queue.name) +
                   " stands twice; name it once");
        }
    }
}

void validate_name(std::string_view name) {
    if (name.size() > max_name_bytes) {
        refuse("name: " + std::to_string(name.size()) + " bytes; give at most 255");
    }
    if (!base::is_valid_utf8(name) || name.find('\0') != std::string_view::npos) {
        refuse("name: " + base::quote_for_message(name) + " is not UTF-8 without NUL; correct it");
    }
}

}  // namespace

void validate(const WorkerOptions& options) {
    using namespace std::chrono_literals;
    validate_queues(options);
    validate_name(options.name);
    core::validate_event_source(options.event_source);
    core::validate_queue(options.webhook_queue);
    static_cast<void>(sorted_labels(options));
    require_length("lease", options.lease, 1s, 1h);
    require_length("grace", options.grace, 0s, max_duration);
    require_length("stop_timeout", options.stop_timeout, 0s, max_duration);
    require_number("crash_budget", options.crash_budget, 1, 100);
    require_number("prefetch", options.prefetch, 0, max_leases);
    require_number("queues and prefetch together", total_slots(options) + options.prefetch, 0,
                   max_leases);
    require_number("limits.batch", options.limits.batch, 1, 1'000'000);
    require_length("retention.completed", options.retention.completed, 0s, max_duration);
    require_length("retention.cancelled", options.retention.cancelled, 0s, max_duration);
    require_length("retention.discarded", options.retention.discarded, 0s, max_duration);
}

std::vector<std::string> sorted_labels(const WorkerOptions& options) {
    auto labels = options.labels;
    core::normalise_labels("labels", labels, core::max_labels);
    return labels;
}

std::vector<QueueGroup> served_groups(const WorkerOptions& options) {
    std::vector<QueueGroup> groups;
    groups.reserve(options.queues.size() + options.groups.size() + 1);
    for (const auto& queue : options.queues)
        groups.push_back({{{queue.name}}, queue.concurrency});
    groups.insert(groups.end(), options.groups.begin(), options.groups.end());
    if (groups.empty()) groups.push_back({{{"default"}}});
    return groups;
}

std::uint32_t total_slots(const WorkerOptions& options) {
    std::uint32_t total = 0;
    for (const auto& group : served_groups(options))
        total += group.concurrency;
    return total;
}

std::uint32_t places_of(const HandlerRegistry& registry) {
    std::uint32_t total = 0;
    for (const auto& performer : registry.performers())
        total += performer->places().jobs;
    return total;
}

void validate_places(const WorkerOptions& options, const HandlerRegistry& registry) {
    const auto places = std::uint64_t{total_slots(options)} + places_of(registry);
    require_number("queues, prefetch, coroutines, processes and batches together",
                   places + options.prefetch, 0, max_leases);
}

std::string describe_queues(const WorkerOptions& options) {
    std::string text;
    for (const auto& group : served_groups(options)) {
        if (!text.empty()) text += ' ';
        text += to_string(group);
    }
    return text;
}

core::DecideOptions decide_options(const WorkerOptions& options) {
    core::DecideOptions decide;
    decide.default_retry = options.retry;
    decide.crash_budget = options.crash_budget;
    decide.error_message_bytes = options.limits.error_message_bytes;
    decide.result_bytes = options.limits.result_bytes;
    return decide;
}

}  // namespace errand::engine
