#include "support/dump.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace errand::test {

namespace {

std::string dump(Timestamp at) {
    return fmt::format("{}", at.time_since_epoch().count());
}
std::string dump(Duration length) {
    return fmt::format("{}us", length.count());
}
std::string dump(const RetryPolicy& policy) {
    return to_string(policy);
}
std::string dump(const Progress& progress) {
    return fmt::format("{}/{} {}", progress.current, progress.total, progress.message);
}

template <class T>
std::string dump(const std::optional<T>& value) {
    return value ? dump(*value) : "none";
}

std::string dump(const std::vector<JobId>& ids) {
    std::string text;
    for (const JobId& id : ids)
        text += to_string(id) + " ";
    return text;
}

std::string dump(const JobError& error) {
    return fmt::format(
        "  error kind={} attempt={} at={} type='{}' message='{}' worker='{}' host='{}' "
        "backtrace='{}' log_tail='{}'\n",
        to_string(error.kind), error.attempt, dump(error.at), error.type, error.message,
        error.worker, error.host, error.backtrace, error.log_tail);
}

}  // namespace

std::string dump(const Job& job) {
    std::string text = fmt::format(
        "id={}\ntype='{}'\nqueue='{}'\nargs='{}'\nmeta='{}'\ntags={}\nstate={}\npriority={}\n"
        "attempt={}/"
        "{}\ncrashes={}\ninterruptions={}\nretry={}\ntimeout={}\nunique_key='{}' for {} or "
        "{}\nsuppressed={}\nkey='{}'\n"
        "weight={}\nneeds={}\nexpires_at={}\nblocked={}\n",
        to_string(job.id), job.type, job.queue, job.args, job.meta, job.tags, to_string(job.state),
        job.priority, job.attempt, job.max_attempts, job.crashes, job.interruptions,
        dump(job.retry), dump(job.timeout), job.unique_key, unique_for_text(job.unique),
        to_string(job.unique.on_conflict), job.suppressed, job.key, job.weight, job.needs,
        dump(job.expires_at), job.blocked);
    text += fmt::format(
        "created_at={}\nscheduled_at={}\nstarted_at={}\nfinished_at={}\nworker='{}'\nlease_seq={}\n"
        "cancel_requested={}\nprogress={}\nresult='{}'\nawaits_signal='{}'\n",
        dump(job.created_at), dump(job.scheduled_at), dump(job.started_at), dump(job.finished_at),
        job.worker, job.lease_seq, job.cancel_requested, dump(job.progress), job.result,
        job.awaits_signal);
    text += fmt::format("workflow={} as '{}'\n", job.workflow ? to_string(*job.workflow) : "none",
                        job.workflow_job);
    for (const JobError& error : job.errors)
        text += dump(error);
    return text;
}

std::string dump(const Lease& lease) {
    return fmt::format(
        "id={} lease_seq={} type='{}' queue='{}' args='{}' meta='{}' attempt={}/{} crashes={} "
        "interruptions={} retry={} timeout={} priority={} key='{}' expires_at={} scheduled_at={} "
        "claimed_at={} lease_until={} in_workflow={}\n",
        to_string(lease.ref.id), lease.ref.lease_seq, lease.type, lease.queue, lease.args,
        lease.meta, lease.attempt, lease.max_attempts, lease.crashes, lease.interruptions,
        dump(lease.retry), dump(lease.timeout), lease.priority, lease.key, dump(lease.expires_at),
        dump(lease.scheduled_at), dump(lease.claimed_at), dump(lease.lease_until),
        lease.in_workflow);
}

std::string dump(const StoreStats& stats) {
    std::string text = fmt::format("suppressed={}\n", stats.suppressed);
    for (const auto& [state, count] : stats.states)
        text += fmt::format("{}={}\n", to_string(state), count);
    for (const auto& [queue, one] : stats.queues) {
        text += fmt::format(
            "queue '{}': available={} scheduled={} retryable={} active={} pending={} oldest={} "
            "late={} paused={}\n",
            queue, one.available, one.scheduled, one.retryable, one.active, one.pending,
            dump(one.oldest_available), one.late, one.paused);
    }
    return text;
}

std::string dump(const QueueSettings& settings) {
    return fmt::format("{} aging={} key_concurrency={} max_age={} weights={}\n",
                       to_string(settings.order), dump(settings.aging), settings.key_concurrency,
                       dump(settings.max_age), settings.key_weights);
}

std::string dump(const LimitView& view) {
    const auto number = [](const auto& value) {
        return value ? fmt::format("{}", *value) : std::string{"none"};
    };
    const auto text = [](const auto& value) { return value ? to_string(*value) : "none"; };
    const Limit& limit = view.limit;
    return fmt::format(
        "limit {}: concurrency={} rate={} breaker={} window={} held={} holders={} available={} "
        "opens_at={} slowed_until={} failures={} broken_until={} window_opens_at={}\n",
        to_string(limit.scope), number(limit.concurrency), text(limit.rate), text(limit.breaker),
        text(limit.window), view.held, dump(view.holders), number(view.available),
        dump(view.opens_at), dump(view.slowed_until), view.failures, dump(view.broken_until),
        dump(view.window_opens_at));
}

std::string dump(const PauseView& view) {
    return fmt::format("paused {}: since={} by='{}'\n", to_string(view.scope), dump(view.since),
                       view.by);
}

std::string dump(const SuppressedView& view) {
    return fmt::format("suppressed for {} by '{}': {}, last {}\n", to_string(view.job),
                       view.unique_key, view.count, dump(view.last_at));
}

std::string dump(const KeyView& view) {
    return fmt::format("key '{}' of '{}': blocked={} holders={}\n", view.key, view.queue,
                       view.blocked, dump(view.holders));
}

}  // namespace errand::test
