#include <errand/client.hpp>

#include "base/text.hpp"
#include "client/enqueue_hooks.hpp"
#include "client/facts.hpp"
#include "client/waiting.hpp"
#include "core/place.hpp"
#include "core/rate.hpp"
#include "core/validate.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace errand {
namespace {

void check_max(std::uint32_t max) {
    constexpr std::uint32_t most = 1'000;
    if (max >= 1 && max <= most) return;
    throw Error(ErrorCode::invalid_argument,
                "max: " + std::to_string(max) + " is out of range; give 1 to 1000");
}

ControlResult only(const std::vector<ControlResult>& results) {
    return results.front();
}

Error not_found(const JobId& id) {
    return Error(ErrorCode::not_found,
                 "no job has the id " + to_string(id) + "; it is wrong, or the job was pruned");
}

Error key_is_held(const NewJob& job, const JobId& holder) {
    return Error(ErrorCode::conflict,
                 "job " + to_string(holder) + " holds the unique key " +
                     base::quote_for_message(job.unique_key) +
                     "; nothing was added, wait for that job or take another key");
}

/// Why a job without a result to give ended, for the message of wait_for_result().
Error ended_badly(const Job& job) {
    std::string message = "job " + to_string(job.id) + " was " + std::string{to_string(job.state)};
    if (!job.errors.empty()) {
        const auto& last = job.errors.back();
        message += ": " + last.type + ": " + last.message;
    }
    return Error(ErrorCode::conflict, message);
}

}  // namespace

Client::Client(std::shared_ptr<Store> store, Limits limits)
    : store_(std::move(store)), limits_(limits) {
    if (!store_)
        throw Error(ErrorCode::invalid_argument, "store: null; open one with open_store()");
}

void Client::add_hook(std::string_view name, EnqueueHook hook) {
    auto hooks = hooks_ ? std::make_shared<detail::EnqueueHooks>(*hooks_)
                        : std::make_shared<detail::EnqueueHooks>();
    hooks->add(name, std::move(hook));
    hooks_ = std::move(hooks);
}

Receipt Client::enqueue(NewJob job) {
    if (job.id.is_nil()) job.id = new_job_id();
    if (!hooks_) {
        core::validate(job, limits_);
        return insert(job);
    }
    const auto after = hooks_->before(job);
    Receipt receipt;
    try {
        core::validate(job, limits_);
        receipt = insert(job);
    } catch (...) {
        hooks_->not_added(after);
        throw;
    }
    hooks_->added(after, receipt);
    return receipt;
}

Receipt Client::insert(const NewJob& job) {
    const auto results = store_->insert({&job, 1});
    const bool duplicate = results.front().kind == InsertResult::Kind::duplicate;
    if (duplicate && job.unique.on_conflict == OnConflict::reject) {
        throw key_is_held(job, results.front().id);
    }
    return {results.front().id, results.front().kind};
}

std::vector<Receipt> Client::enqueue_many(std::vector<NewJob> jobs) {
    std::vector<Receipt> receipts;
    receipts.reserve(jobs.size());
    const auto validate_all = [&] {
        for (auto& job : jobs)
            core::validate(job, limits_);
    };
    for (auto& job : jobs) {
        if (job.id.is_nil()) job.id = new_job_id();
    }
    if (!hooks_) {
        validate_all();
        insert_many(jobs, receipts);
        return receipts;
    }
    std::vector<detail::EnqueueHooks::After> after;
    after.reserve(jobs.size());
    try {
        for (auto& job : jobs)
            after.push_back(hooks_->before(job));
        validate_all();
        insert_many(jobs, receipts);
    } catch (...) {
        hooks_->tell(after, receipts);
        throw;
    }
    hooks_->tell(after, receipts);
    return receipts;
}

void Client::insert_many(std::span<const NewJob> jobs, std::vector<Receipt>& receipts) {
    const std::size_t batch = std::max<std::size_t>(1, limits_.batch);
    for (std::size_t from = 0; from < jobs.size(); from += batch) {
        const auto part = jobs.subspan(from, std::min(batch, jobs.size() - from));
        std::ranges::transform(store_->insert(part), std::back_inserter(receipts),
                               [](const InsertResult& r) {
                                   return Receipt{r.id, r.kind};
                               });
    }
}

std::optional<Job> Client::find(const JobId& id) const {
    return store_->find(id);
}

std::vector<AttemptLog> Client::logs(const JobId& id) const {
    return store_->logs(id);
}

JobPage Client::list(const JobFilter& filter, std::uint32_t limit, std::string_view cursor) const {
    return store_->list(filter, limit, cursor);
}

StoreStats Client::stats() const {
    return store_->stats();
}

ControlResult Client::cancel(const JobId& id) {
    return only(store_->cancel({&id, 1}));
}

ControlResult Client::retry(const JobId& id) {
    return only(store_->retry({&id, 1}));
}

ControlResult Client::remove(const JobId& id) {
    return only(store_->remove({&id, 1}));
}

SignalResult Client::signal(const JobId& id, std::string_view name, std::string_view json) {
    core::validate_signal(name, json);
    return store_->signal(id, name, json);
}

void Client::pause(const Scope& scope, std::string_view by) {
    core::validate(scope);
    store_->set_paused(scope, true, base::to_valid_utf8(by));
}

void Client::resume(const Scope& scope) {
    core::validate(scope);
    store_->set_paused(scope, false, {});
}

std::vector<PauseView> Client::pauses() const {
    return store_->pauses();
}

void Client::set_limit(const Limit& limit) {
    core::validate(limit);
    store_->set_limit(limit);
}

std::vector<LimitView> Client::limits() const {
    return store_->limits();
}

void Client::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    core::validate_queue(queue);
    core::validate(settings);
    store_->set_queue_settings(queue, settings);
}

std::map<std::string, QueueSettings> Client::queue_settings() const {
    return store_->queue_settings();
}

std::vector<SuppressedView> Client::suppressed(std::uint32_t max) const {
    check_max(max);
    return store_->suppressed(max);
}

std::vector<KeyView> Client::blocked_keys(std::uint32_t max) const {
    check_max(max);
    return store_->blocked_keys(max);
}

std::uint32_t Client::unblock_key(std::string_view queue, std::string_view key) {
    core::validate_queue(queue);
    core::validate_key(key);
    return store_->unblock_key(queue, key);
}

Explanation Client::explain(const JobId& id) const {
    const auto job = store_->find(id);
    if (!job) throw not_found(id);
    return core::explain(*job, client::key_facts(*store_, *job), client::store_facts(*store_),
                         client::workflow_facts(*store_, *job));
}

std::optional<Job> Client::wait(const JobId& id, Duration timeout) const {
    client::Waiting waiting{*store_, timeout};
    for (;;) {
        waiting.before_look();
        auto job = store_->find(id);
        if (!job) throw not_found(id);
        if (is_end(job->state)) return job;
        if (!waiting.wait()) return std::nullopt;
    }
}

std::string Client::wait_for_result(const JobId& id, Duration timeout) const {
    auto job = wait(id, timeout);
    if (!job) {
        throw Error(ErrorCode::timed_out, "job " + to_string(id) + " has not ended within " +
                                              format_duration(timeout) +
                                              "; it goes on, wait again");
    }
    if (job->state != JobState::completed) throw ended_badly(*job);
    return job->result.empty() ? "null" : std::move(job->result);
}

}  // namespace errand
