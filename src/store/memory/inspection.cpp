#include "base/text.hpp"
#include "store/checks.hpp"
#include "store/memory/memory_store.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace errand::memory {

namespace {

constexpr std::string_view cursor_prefix = "v1:";

/// The cursor names the last job of its page by insertion number.
std::string make_cursor(std::uint64_t seq) {
    return fmt::format("{}{}", cursor_prefix, seq);
}

std::uint64_t parse_cursor(std::string_view cursor) {
    std::uint64_t seq = 0;
    if (cursor.starts_with(cursor_prefix)) {
        const char* const end = cursor.data() + cursor.size();
        const auto [stop, error] = std::from_chars(cursor.data() + cursor_prefix.size(), end, seq);
        if (error == std::errc{} && stop == end && seq > 0) return seq;
    }
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cursor {} is not from this store: start again without one",
                            base::quote_for_message(cursor)));
}

bool matches(const Job& job, const JobFilter& filter) {
    const auto holds = [](const auto& all, const auto& one) {
        return std::ranges::find(all, one) != all.end();
    };
    return (filter.states.empty() || holds(filter.states, job.state)) &&
           (filter.type.empty() || job.type == filter.type) &&
           (filter.queue.empty() || job.queue == filter.queue) &&
           (filter.tag.empty() || holds(job.tags, filter.tag));
}

void count(QueueStats& stats, const Job& job, Duration max_age, Timestamp now) {
    stats.available += job.state == JobState::available;
    stats.scheduled += job.state == JobState::scheduled;
    stats.retryable += job.state == JobState::retryable;
    stats.active += job.state == JobState::active;
    stats.pending += job.state == JobState::pending;
    if (job.state == JobState::available) {
        const Duration age = std::max(now - job.scheduled_at, Duration::zero());
        stats.oldest_available = std::max(stats.oldest_available.value_or(age), age);
        stats.late += max_age != Duration::zero() && age > max_age;
    }
}

}  // namespace

std::optional<Job> MemoryStore::find(const JobId& id) {
    const std::lock_guard lock{mutex_};
    const Record* const record = jobs_.find(id);
    if (!record) return std::nullopt;
    return record->job;
}

JobPage MemoryStore::list(const JobFilter& filter, std::uint32_t limit, std::string_view cursor) {
    store::check_page_limit(limit);
    const std::lock_guard lock{mutex_};
    const auto& jobs = jobs_.by_seq();
    auto after = cursor.empty() ? jobs.end() : jobs.lower_bound(parse_cursor(cursor));
    JobPage page;
    std::uint64_t last = 0;
    while (after != jobs.begin()) {
        const auto& [seq, record] = *--after;
        if (!matches(record.job, filter)) continue;
        if (page.jobs.size() == limit) {
            page.next_cursor = make_cursor(last);
            break;
        }
        page.jobs.push_back(record.job);
        last = seq;
    }
    return page;
}

std::vector<AttemptLog> MemoryStore::logs(const JobId& id) {
    const std::lock_guard lock{mutex_};
    std::vector<AttemptLog> logs;
    if (const Record* const record = jobs_.find(id)) {
        for (const auto& [lease_seq, log] : record->logs)
            logs.push_back(log);
    }
    return logs;
}

StoreStats MemoryStore::stats() {
    const std::lock_guard lock{mutex_};
    const Timestamp now = this->now();
    StoreStats stats;
    for (const JobState state : all_job_states)
        stats.states[state] = 0;
    for (const auto& [seq, record] : jobs_.by_seq()) {
        ++stats.states[record.job.state];
        if (is_end(record.job.state)) continue;
        const std::string& queue = record.job.queue;
        count(stats.queues[queue], record.job, orders_.of(queue).max_age, now);
    }
    for (const auto& [scope, pause] : pauses_) {
        if (scope.kind == Scope::Kind::queue) stats.queues[scope.name].paused = true;
    }
    stats.suppressed = unique_.suppressed_ever();
    return stats;
}

std::vector<WorkerView> MemoryStore::workers() {
    const std::lock_guard lock{mutex_};
    std::vector<WorkerView> views;
    for (const auto& [id, view] : workers_.all())
        views.push_back(view);
    return views;
}

std::vector<CheckFinding> MemoryStore::check() {
    const std::lock_guard lock{mutex_};
    std::string disagreement = jobs_.disagreement();
    if (disagreement.empty()) disagreement = unique_.disagreement(jobs_.by_seq());
    for (const auto& [seq, entry] : workflows_.by_seq()) {
        if (disagreement.empty() && !entry.going) disagreement = entry.disagreement();
    }
    if (disagreement.empty()) return {{true, "integrity", "every index agrees with the jobs"}};
    return {{false, "integrity", disagreement + "; restart the process and report this"}};
}

}  // namespace errand::memory
