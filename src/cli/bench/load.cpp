#include "cli/bench/load.hpp"

#include <algorithm>
#include <string>

namespace errand::cli::bench {

NewJob make_job() {
    NewJob job;
    job.type = job_type;
    job.args = "[\"" + std::string(args_bytes - 4, 'x') + "\"]";
    return job;
}

std::vector<NewJob> make_jobs(std::uint64_t count) {
    return std::vector<NewJob>(count, make_job());
}

std::unique_ptr<Worker> make_worker(std::shared_ptr<Store> store, std::uint32_t slots,
                                    Worker::RawHandler handler) {
    WorkerOptions options;
    options.queues = {{"default", slots}};
    auto worker = std::make_unique<Worker>(std::move(store), std::move(options));
    worker->handle(job_type, std::move(handler));
    return worker;
}

double per_second(std::uint64_t count, Clock::duration time) {
    const auto seconds = std::chrono::duration<double>(time).count();
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double percentile_us(std::vector<Clock::duration> values, double fraction) {
    if (values.empty()) return 0;
    const auto rank = static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank),
                     values.end());
    return std::chrono::duration<double, std::micro>(values[rank]).count();
}

}  // namespace errand::cli::bench
