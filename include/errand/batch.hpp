#pragma once

#include <errand/performer.hpp>
#include <errand/worker.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

// Handlers that take several jobs of one type in one call: rows for one insert, mails for one
// connection.

namespace errand {

struct BatchOptions {
    std::uint32_t size = 100;       ///< most jobs of one call, 1 to 10,000
    std::uint32_t concurrency = 1;  ///< calls at once, each on a thread of its own, 1 to 64
    std::optional<RetryPolicy> retry{};
    std::optional<Duration> timeout{};  ///< of each job's attempt; runs from the start of the call
};

/// One job of a batch.
class BatchJob {
public:
    explicit BatchJob(Attempt attempt) noexcept : attempt_(std::move(attempt)) {}

    /// Until it is settled.
    [[nodiscard]] Context& context() const noexcept { return attempt_.context(); }
    [[nodiscard]] bool is_settled() const noexcept { return settled_; }
    /// Ends this job now, whatever becomes of the others. Only the first call counts.
    void settle(Outcome outcome) noexcept;
    /// Runs `part` for this job alone: what leaves it, a failure or a wait, ends this job and no
    /// other. False: the job is settled, by `part` or before, when `part` is not run.
    bool alone(const std::function<void(Context&)>& part) noexcept;

private:
    Attempt attempt_;
    bool settled_ = false;
};

/// What is not settled when it returns is done; when it throws, that fails with the exception. A
/// wait of one job's Context that leaves the handler parks all that is not settled: each for as
/// long, and for its own signal of that name. They run again in other batches, so a handler that
/// waits for each of its jobs does so in BatchJob::alone().
using RawBatchHandler = std::function<void(std::span<BatchJob>)>;

/// `handler` performs the jobs of `type`, all that are there, at most `size`, in one call. Throws
/// Error as Worker::handle() does.
void handle_batch(Worker& worker, std::string_view type, RawBatchHandler handler,
                  BatchOptions options = {});

/// One job of a typed batch.
template <class T>
class Batched {
public:
    Batched(T args, BatchJob& job) : args_(std::move(args)), job_(&job) {}

    [[nodiscard]] const T& args() const noexcept { return args_; }
    [[nodiscard]] Context& context() const noexcept { return job_->context(); }
    [[nodiscard]] bool is_settled() const noexcept { return job_->is_settled(); }
    void settle(Outcome outcome) noexcept { job_->settle(std::move(outcome)); }
    bool alone(const std::function<void(Context&)>& part) noexcept { return job_->alone(part); }

private:
    T args_;
    BatchJob* job_;
};

/// `handler(std::span<Batched<T>>)`. Jobs whose arguments do not decode are discarded before; it is
/// not called for none.
template <JobArgs T, class F>
void handle_batch(Worker& worker, F handler, BatchOptions options = {}) {
    const auto own = detail::handler_options_of<T>({options.retry, options.timeout});
    options.retry = own.retry;
    options.timeout = own.timeout;
    handle_batch(
        worker, T::job_type,
        [handler = std::move(handler)](std::span<BatchJob> jobs) {
            std::vector<Batched<T>> batch;
            batch.reserve(jobs.size());
            for (auto& job : jobs) {
                std::optional<Outcome> unfit;
                auto args = detail::decode_args<T>(job.context(), unfit);
                if (args) {
                    batch.emplace_back(std::move(*args), job);
                } else {
                    job.settle(std::move(*unfit));
                }
            }
            if (!batch.empty()) handler(std::span{batch});
        },
        options);
}

}  // namespace errand
