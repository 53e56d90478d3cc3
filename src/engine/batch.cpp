#include <errand/batch.hpp>
#include <errand/error.hpp>

#include <string>
#include <utility>

namespace errand {
namespace {

/// Calls the handler on the thread that brings the jobs.
class BatchPerformer final : public Performer {
public:
    BatchPerformer(RawBatchHandler handler, const BatchOptions& options)
        : handler_(std::move(handler)), options_(options) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "batch"; }
    [[nodiscard]] Places places() const noexcept override {
        return {options_.size * options_.concurrency, options_.concurrency, options_.size};
    }
    void perform(std::vector<Attempt> attempts) override;

private:
    RawBatchHandler handler_;
    BatchOptions options_;
};

void BatchPerformer::perform(std::vector<Attempt> attempts) {
    std::vector<BatchJob> jobs;
    jobs.reserve(attempts.size());
    for (auto& attempt : attempts) {
        if (attempt.begin()) jobs.emplace_back(std::move(attempt));
    }
    if (jobs.empty()) return;
    auto rest = Outcome::done();
    try {
        handler_(jobs);
    } catch (...) {
        rest = outcome_of_current_exception();
    }
    for (auto& job : jobs)
        job.settle(rest);
}

void require(std::string_view field, std::uint32_t value, std::uint32_t high) {
    if (value >= 1 && value <= high) return;
    throw Error(ErrorCode::invalid_argument, std::string{field} + ": " + std::to_string(value) +
                                                 " is out of range; give 1 to " +
                                                 std::to_string(high));
}

}  // namespace

void BatchJob::settle(Outcome outcome) noexcept {
    if (std::exchange(settled_, true)) return;
    attempt_.finish(std::move(outcome));
}

bool BatchJob::alone(const std::function<void(Context&)>& part) noexcept {
    if (settled_) return false;
    try {
        part(context());
    } catch (...) {
        settle(outcome_of_current_exception());
    }
    return !settled_;
}

void handle_batch(Worker& worker, std::string_view type, RawBatchHandler handler,
                  BatchOptions options) {
    require("size", options.size, 10'000);
    require("concurrency", options.concurrency, 64);
    if (!handler) {
        throw Error(ErrorCode::invalid_argument,
                    "handler of " + std::string{type} + ": it is empty; give a function");
    }
    worker.handle_by(type, std::make_shared<BatchPerformer>(std::move(handler), options),
                     {options.retry, options.timeout});
}

}  // namespace errand
