#pragma once

#include "engine/isolated/channel.hpp"
#include "engine/isolated/child_membership.hpp"
#include "engine/isolated/messages.hpp"
#include "engine/isolated/shared_slots.hpp"

#include <errand/context.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace errand::engine {

/// Asks a stop_source to stop when the worker says so: a thread that waits for the slot's bell.
class StopWatcher {
public:
    StopWatcher(SharedSlot& slot, std::uint64_t job);
    ~StopWatcher();
    StopWatcher(const StopWatcher&) = delete;
    StopWatcher& operator=(const StopWatcher&) = delete;

    [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }

private:
    void watch();

    SharedSlot& slot_;
    const std::uint64_t job_;
    std::stop_source source_;
    std::atomic<bool> over_{false};
    std::jthread thread_;
};

/// A job as its handler in an isolated process sees it: what it says and asks goes to the worker.
class ChildContext final : public Context {
public:
    /// Jobs that arrive while it waits for an answer are added to `next_jobs`.
    ChildContext(JobMessage job, Channel& channel, SharedSlot& slot,
                 std::deque<JobMessage>& next_jobs);

    [[nodiscard]] const JobId& id() const noexcept override { return job_.id; }
    [[nodiscard]] std::string_view type() const noexcept override { return job_.type; }
    [[nodiscard]] std::string_view queue() const noexcept override { return job_.queue; }
    [[nodiscard]] std::string_view args() const noexcept override { return job_.args; }
    [[nodiscard]] std::string_view meta() const noexcept override { return job_.meta; }
    [[nodiscard]] std::uint32_t attempt() const noexcept override { return job_.attempt; }
    [[nodiscard]] std::uint32_t max_attempts() const noexcept override { return job_.max_attempts; }
    [[nodiscard]] std::uint64_t lease_seq() const noexcept override { return job_.lease_seq; }
    [[nodiscard]] std::optional<Timestamp> deadline() const noexcept override {
        return job_.deadline;
    }
    [[nodiscard]] bool stop_requested() const noexcept override {
        return stop_reason() != StopReason::none;
    }
    [[nodiscard]] StopReason stop_reason() const noexcept override;
    [[nodiscard]] std::stop_token stop_token() const noexcept override;
    void progress(std::uint64_t current, std::uint64_t total, std::string_view message) override;
    void log(std::string_view line) override;
    // The worker asks the store: one question at a time, other threads' wait.
    std::string once(std::string_view key, const std::function<std::string()>& effect) override;
    [[nodiscard]] std::optional<std::string> find_effect(std::string_view key) override;
    void replace_effect(std::string_view key, std::string_view json) override;
    [[nodiscard]] Timestamp store_time() override;

private:
    [[nodiscard]] Membership* membership() override;

    [[nodiscard]] StoreReply ask(FrameKind kind, std::string_view key, std::string_view value);

    const JobMessage job_;
    Channel& channel_;
    SharedSlot& slot_;
    std::deque<JobMessage>& next_jobs_;
    std::mutex asking_;
    std::uint64_t calls_ = 0;
    std::mutex joining_;
    bool asked_for_workflow_ = false;
    std::optional<ChildMembership> membership_;  ///< none: not asked for yet, or it has none
    mutable std::mutex watching_;
    mutable std::unique_ptr<StopWatcher> watcher_;
};

}  // namespace errand::engine
