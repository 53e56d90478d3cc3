#include "core/explain.hpp"

#include "base/text.hpp"
#include "core/explain_limits.hpp"
#include "core/explain_parents.hpp"
#include "core/explain_text.hpp"
#include "core/explain_workers.hpp"
#include "core/rough_duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace errand {

std::string_view to_string(ExplainCode code) noexcept {
    static constexpr std::array<std::string_view, 28> names{"completed",
                                                            "discarded",
                                                            "cancelled",
                                                            "running",
                                                            "worker_lost",
                                                            "cancel_requested",
                                                            "dependencies",
                                                            "not_due",
                                                            "retry_wait",
                                                            "expired",
                                                            "paused",
                                                            "key_blocked",
                                                            "concurrency_limit",
                                                            "rate_limit",
                                                            "no_worker",
                                                            "queue_not_served",
                                                            "type_not_handled",
                                                            "workers_busy",
                                                            "queued",
                                                            "ready",
                                                            "slowed",
                                                            "breaker_open",
                                                            "breaker_probing",
                                                            "outside_window",
                                                            "label_missing",
                                                            "late",
                                                            "expires",
                                                            "awaits_signal"};
    return names.at(static_cast<std::size_t>(code));
}

}  // namespace errand

namespace errand::core {
namespace {

constexpr std::size_t error_text_bytes = 200;

/// Collects the reasons for one job.
class Explainer {
public:
    Explainer(const Job& job, const KeyFacts& key, const StoreFacts& store,
              const WorkflowFacts& workflow)
        : job_(job), key_(key), store_(store), workflow_(workflow) {}

    [[nodiscard]] std::vector<ExplainReason> reasons() &&;

private:
    ExplainReason& add(ExplainCode code, std::string text);
    void ended(ExplainCode code, std::string_view how);
    void active();
    void waits_for_time();
    void available();
    void expiry();
    void pauses();
    void key();
    void lack_of_workers();
    void queue();
    void lateness();

    [[nodiscard]] std::string at(Timestamp time) const { return moment(time, store_.now); }
    [[nodiscard]] std::string since(Timestamp time) const { return core::since(time, store_.now); }
    [[nodiscard]] const QueueSettings* settings() const;
    [[nodiscard]] std::string last_error() const;
    [[nodiscard]] std::uint64_t others() const;
    [[nodiscard]] std::string holder_text(const JobId& id) const;

    const Job& job_;
    const KeyFacts& key_;
    const StoreFacts& store_;
    const WorkflowFacts& workflow_;
    std::vector<ExplainReason> reasons_;
};

ExplainReason& Explainer::add(ExplainCode code, std::string text) {
    return reasons_.emplace_back(make_reason(code, std::move(text)));
}

std::string Explainer::last_error() const {
    if (job_.errors.empty()) return {};
    const auto& error = job_.errors.back();
    return base::on_one_line(
        base::cut_end(fmt::format("{}: {}", error.type, error.message), error_text_bytes));
}

std::vector<ExplainReason> Explainer::reasons() && {
    switch (job_.state) {
        case JobState::completed:
            ended(ExplainCode::completed, "completed");
            break;
        case JobState::discarded:
            ended(ExplainCode::discarded, "discarded");
            break;
        case JobState::cancelled:
            ended(ExplainCode::cancelled, "cancelled");
            break;
        case JobState::active:
            active();
            break;
        case JobState::pending:
            reasons_.push_back(explain_parents(workflow_));
            pauses();
            break;
        case JobState::scheduled:
        case JobState::retryable:
            waits_for_time();
            break;
        case JobState::available:
            available();
            break;
    }
    return std::move(reasons_);
}

void Explainer::ended(ExplainCode code, std::string_view how) {
    auto text = std::string{how};
    if (job_.finished_at) text += " at " + at(*job_.finished_at);
    const auto error = code == ExplainCode::completed ? std::string{} : last_error();
    if (!error.empty()) text += ": " + error;
    add(code, std::move(text)).since = job_.finished_at;
}

void Explainer::active() {
    const auto worker = std::ranges::find(store_.workers, job_.worker,
                                          [](const WorkerView& view) { return view.info.name; });
    const bool lost = worker == store_.workers.end() || !worker->alive;
    auto& reason =
        lost ? add(ExplainCode::worker_lost,
                   fmt::format("its worker {} is gone; another one takes it over", job_.worker))
             : add(ExplainCode::running, fmt::format("attempt {} of {} is with the worker {}",
                                                     job_.attempt, job_.max_attempts, job_.worker));
    reason.who = job_.worker;
    reason.since = job_.started_at;
    if (!lost && job_.started_at) reason.text += " " + since(*job_.started_at);
    if (lost) lack_of_workers();
    if (job_.cancel_requested) {
        add(ExplainCode::cancel_requested, "its handler has been asked to stop");
    }
}

void Explainer::waits_for_time() {
    if (job_.state == JobState::retryable) {
        auto text = fmt::format("attempt {} of {} comes at {}", job_.attempt + 1, job_.max_attempts,
                                at(job_.scheduled_at));
        if (const auto error = last_error(); !error.empty())
            text += "; the last error was " + error;
        add(ExplainCode::retry_wait, std::move(text)).until = job_.scheduled_at;
    } else if (!job_.awaits_signal.empty()) {
        add(ExplainCode::awaits_signal,
            fmt::format("waits for the signal {} until {}",
                        base::quote_for_message(job_.awaits_signal), at(job_.scheduled_at)))
            .until = job_.scheduled_at;
    } else {
        add(ExplainCode::not_due, "due at " + at(job_.scheduled_at)).until = job_.scheduled_at;
    }
    pauses();
    lack_of_workers();
    expiry();
}

void Explainer::available() {
    pauses();
    if (job_.blocked) {
        key();
        lack_of_workers();
    } else {
        std::ranges::move(explain_limits(job_, store_), std::back_inserter(reasons_));
        if (auto workers = explain_workers(job_, store_)) reasons_.push_back(std::move(*workers));
        queue();
    }
    lateness();
    expiry();
}

void Explainer::lateness() {
    const auto* settings = this->settings();
    if (settings == nullptr || settings->max_age == Duration::zero()) return;
    const auto age = store_.now - job_.scheduled_at;
    if (age <= settings->max_age) return;
    add(ExplainCode::late,
        fmt::format("late: available for {}, and its queue {} means to begin jobs "
                    "within {}",
                    rough_duration(age), job_.queue, format_duration(settings->max_age)))
        .since = job_.scheduled_at + settings->max_age;
}

const QueueSettings* Explainer::settings() const {
    const auto found = store_.settings.find(job_.queue);
    return found == store_.settings.end() ? nullptr : &found->second;
}

void Explainer::expiry() {
    if (!job_.expires_at) return;
    const auto time = *job_.expires_at;
    if (time <= store_.now) {
        add(ExplainCode::expired, "expired at " + at(time) + "; at its turn it will be discarded")
            .since = time;
    } else if (time <= job_.scheduled_at) {
        add(ExplainCode::expires,
            "will be discarded when it is due, as it expires before that, at " + at(time))
            .until = time;
    } else {
        add(ExplainCode::expires, "to be begun before " + at(time) + ", or discarded").until = time;
    }
}

void Explainer::pauses() {
    for (const auto& pause : store_.pauses) {
        if (!holds(pause.scope, job_)) continue;
        const auto by = pause.by.empty() ? std::string{} : " by " + base::on_one_line(pause.by);
        auto& reason =
            add(ExplainCode::paused,
                fmt::format("{} is paused{} {}", to_string(pause.scope), by, since(pause.since)));
        reason.scope = pause.scope;
        reason.since = pause.since;
        reason.who = pause.by;
    }
}

std::string Explainer::holder_text(const JobId& id) const {
    const auto known = std::ranges::find(key_.holders, id, &Job::id);
    if (known == key_.holders.end()) return "job " + to_string(id);
    return fmt::format("job {}, which is {}", to_string(id), to_string(known->state));
}

void Explainer::key() {
    const auto key = base::quote_for_message(job_.key);
    if (!key_.view || key_.view->holders.empty()) {
        add(ExplainCode::key_blocked, fmt::format("the turn of its key {} is just coming", key));
        return;
    }
    const auto& holders = key_.view->holders;
    auto text = holders.size() == 1
                    ? fmt::format("its key {} is held by {}", key, holder_text(holders.front()))
                    : fmt::format(
                          "all {} turns of its key {} are taken, the first "
                          "by {}",
                          holders.size(), key, holder_text(holders.front()));
    auto& reason = add(ExplainCode::key_blocked, std::move(text));
    reason.jobs = holders;
    reason.count = key_.view->blocked;
    const auto first = std::ranges::find(key_.holders, holders.front(), &Job::id);
    // A holder has its turn, so it cannot be blocked by the key again.
    if (first != key_.holders.end()) reason.because = Explainer{*first, {}, store_, {}}.reasons();
}

void Explainer::lack_of_workers() {
    if (auto lack = explain_lack_of_workers(job_, store_)) reasons_.push_back(std::move(*lack));
}

/// Jobs of the queue that could run as well as this one.
std::uint64_t Explainer::others() const {
    const auto found = store_.stats.queues.find(job_.queue);
    if (found == store_.stats.queues.end()) return 0;
    const auto blocked = store_.blocked.find(job_.queue);
    const auto not_free = 1 + (blocked == store_.blocked.end() ? 0 : blocked->second);
    return found->second.available > not_free ? found->second.available - not_free : 0;
}

void Explainer::queue() {
    const auto others = this->others();
    if (others == 0) {
        if (reasons_.empty()) {
            add(ExplainCode::ready, "nothing holds it: a worker takes it at any moment");
        }
        return;
    }
    const auto* settings = this->settings();
    const auto order = settings == nullptr ? QueueOrder::fifo : settings->order;
    auto& reason =
        add(ExplainCode::queued,
            fmt::format("{} other job{} of the queue {} {} available too; its order is {}", others,
                        others == 1 ? "" : "s", job_.queue, others == 1 ? "is" : "are",
                        to_string(order)));
    reason.count = others;
}

}  // namespace

bool holds(const Scope& scope, const Job& job) {
    switch (scope.kind) {
        case Scope::Kind::global:
            return true;
        case Scope::Kind::queue:
            return scope.name == job.queue;
        case Scope::Kind::type:
            return scope.name == job.type;
        case Scope::Kind::key:
            return !job.key.empty() && scope.name == job.key;
    }
    return false;
}

Explanation explain(const Job& job, const KeyFacts& key, const StoreFacts& store,
                    const WorkflowFacts& workflow) {
    Explanation explanation;
    explanation.id = job.id;
    explanation.state = job.state;
    explanation.at = store.now;
    explanation.reasons = Explainer{job, key, store, workflow}.reasons();
    return explanation;
}

}  // namespace errand::core
