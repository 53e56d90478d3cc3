#pragma once

#include <errand/context.hpp>
#include <errand/job.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

namespace errand::testing {

/// A running job for handler tests: what it is can be set, what the handler says is kept.
/// Set the fields before the handler runs; the rest is thread-safe.
class FakeContext final : public Context {
public:
    JobId job_id{{1, 2, 3, 4, 5, 6, 0x77, 8, 0x99, 10, 11, 12, 13, 14, 15, 16}};
    std::string job_type = "test.job";
    std::string job_queue = "default";
    std::string job_args = "[]";
    std::string job_meta;
    std::uint32_t job_attempt = 1;
    std::uint32_t job_max_attempts = 20;
    std::uint64_t job_lease_seq = 1;
    std::optional<Timestamp> job_deadline;
    Timestamp job_store_time{std::chrono::seconds{1'800'000'000}};
    Membership* job_membership = nullptr;

    [[nodiscard]] const JobId& id() const noexcept override { return job_id; }
    [[nodiscard]] std::string_view type() const noexcept override { return job_type; }
    [[nodiscard]] std::string_view queue() const noexcept override { return job_queue; }
    [[nodiscard]] std::string_view args() const noexcept override { return job_args; }
    [[nodiscard]] std::string_view meta() const noexcept override { return job_meta; }
    [[nodiscard]] std::uint32_t attempt() const noexcept override { return job_attempt; }
    [[nodiscard]] std::uint32_t max_attempts() const noexcept override { return job_max_attempts; }
    [[nodiscard]] std::uint64_t lease_seq() const noexcept override { return job_lease_seq; }
    [[nodiscard]] std::optional<Timestamp> deadline() const noexcept override {
        return job_deadline;
    }

    [[nodiscard]] bool stop_requested() const noexcept override { return stop_.stop_requested(); }
    [[nodiscard]] StopReason stop_reason() const noexcept override {
        const std::lock_guard lock{mutex_};
        return reason_;
    }
    [[nodiscard]] std::stop_token stop_token() const noexcept override { return stop_.get_token(); }

    void progress(std::uint64_t current, std::uint64_t total, std::string_view message) override {
        const std::lock_guard lock{mutex_};
        progress_.push_back({current, total, std::string{message}});
        changed_.notify_all();
    }
    void log(std::string_view line) override {
        const std::lock_guard lock{mutex_};
        log_.emplace_back(line);
        changed_.notify_all();
    }
    std::string once(std::string_view key, const std::function<std::string()>& effect) override {
        if (auto kept = find_effect(key)) return std::move(*kept);
        auto value = effect();
        replace_effect(key, value);
        return value;
    }

    [[nodiscard]] std::optional<std::string> find_effect(std::string_view key) override {
        const std::lock_guard lock{mutex_};
        const auto found = once_.find(std::string{key});
        return found == once_.end() ? std::nullopt : std::optional{found->second};
    }
    void replace_effect(std::string_view key, std::string_view json) override {
        const std::lock_guard lock{mutex_};
        once_[std::string{key}] = json;
    }
    [[nodiscard]] Timestamp store_time() override { return job_store_time; }

    /// Asks the handler to stop.
    void stop(StopReason reason) {
        {
            const std::lock_guard lock{mutex_};
            reason_ = reason;
        }
        stop_.request_stop();
    }
    /// Returns once the handler has logged this very line.
    void wait_for_log(std::string_view line) const {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return std::ranges::find(log_, line) != log_.end(); });
    }
    [[nodiscard]] std::vector<std::string> log_lines() const {
        const std::lock_guard lock{mutex_};
        return log_;
    }
    [[nodiscard]] std::vector<Progress> progress_seen() const {
        const std::lock_guard lock{mutex_};
        return progress_;
    }

private:
    [[nodiscard]] Membership* membership() override { return job_membership; }

    std::stop_source stop_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    StopReason reason_ = StopReason::none;
    std::vector<std::string> log_;
    std::vector<Progress> progress_;
    std::map<std::string, std::string> once_;
};

}  // namespace errand::testing
