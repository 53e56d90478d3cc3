#include "engine/isolated/child_context.hpp"

#include <errand/error.hpp>

#include <utility>

namespace errand::engine {

StopWatcher::StopWatcher(SharedSlot& slot, std::uint64_t job)
    : slot_(slot), job_(job), thread_([this] { watch(); }) {}

StopWatcher::~StopWatcher() {
    over_ = true;
    ring(slot_);
}

void StopWatcher::watch() {
    for (;;) {
        const auto seen = slot_.bell.load();
        if (over_) return;
        if (engine::stop_reason(slot_, job_) != StopReason::none) {
            source_.request_stop();
            return;
        }
        wait_for_bell(slot_, seen);
    }
}

ChildContext::ChildContext(JobMessage job, Channel& channel, SharedSlot& slot,
                           std::deque<JobMessage>& next_jobs)
    : job_(std::move(job)), channel_(channel), slot_(slot), next_jobs_(next_jobs) {}

StopReason ChildContext::stop_reason() const noexcept {
    return engine::stop_reason(slot_, job_.number);
}

std::stop_token ChildContext::stop_token() const noexcept {
    const std::lock_guard lock{watching_};
    if (!watcher_) watcher_ = std::make_unique<StopWatcher>(slot_, job_.number);
    return watcher_->token();
}

void ChildContext::progress(std::uint64_t current, std::uint64_t total, std::string_view message) {
    std::string frame;
    FrameWriter{frame, FrameKind::progress}
        .number(job_.number)
        .number(current)
        .number(total)
        .text(message);
    channel_.send(frame);
}

void ChildContext::log(std::string_view line) {
    std::string frame;
    FrameWriter{frame, FrameKind::log}.number(job_.number).text(line);
    channel_.send(frame);
}

/// The answer to the question; what else the worker sends meanwhile are jobs.
StoreReply ChildContext::ask(FrameKind kind, std::string_view key, std::string_view value) {
    const std::lock_guard lock{asking_};
    const auto call = ++calls_;
    std::string frame;
    write_question(frame, {kind, job_.number, call, std::string{key}, std::string{value}});
    channel_.send(frame);
    for (;;) {
        auto received = channel_.receive();
        if (received.kind() == FrameKind::job) {
            next_jobs_.push_back(read_job(received));
            continue;
        }
        auto reply = read_reply(received);
        if (reply.call != call) continue;
        if (reply.answer != StoreAnswer::failed) return reply;
        throw Error(reply.code, reply.text);
    }
}

std::string ChildContext::once(std::string_view key, const std::function<std::string()>& effect) {
    if (auto kept = find_effect(key)) return std::move(*kept);
    // Without the lock: the effect may ask the store, too.
    const auto value = effect();
    return std::move(ask(FrameKind::keep_effect, key, value).text);
}

std::optional<std::string> ChildContext::find_effect(std::string_view key) {
    auto reply = ask(FrameKind::find_effect, key, {});
    if (reply.answer == StoreAnswer::nothing) return {};
    return std::move(reply.text);
}

void ChildContext::replace_effect(std::string_view key, std::string_view json) {
    static_cast<void>(ask(FrameKind::replace_effect, key, json));
}

Timestamp ChildContext::store_time() {
    return ask(FrameKind::store_time, {}, {}).time;
}

Membership* ChildContext::membership() {
    const std::lock_guard lock{joining_};
    if (!asked_for_workflow_) {
        const auto reply = ask(FrameKind::workflow_place, {}, {});
        if (auto place =
                reply.answer == StoreAnswer::value ? read_place(reply.text) : std::nullopt) {
            membership_.emplace(std::move(*place), [this](FrameKind kind, std::string_view value) {
                return ask(kind, {}, value);
            });
        }
        asked_for_workflow_ = true;
    }
    return membership_ ? &*membership_ : nullptr;
}

}  // namespace errand::engine
