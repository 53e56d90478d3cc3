#pragma once

#include <errand/job.hpp>
#include <errand/worker.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

// The work that is measured: jobs with 200 bytes of arguments and a handler that does nothing.

namespace errand::cli::bench {

inline constexpr std::size_t args_bytes = 200;
inline constexpr std::uint64_t batch_jobs = 1'000;
inline constexpr const char* job_type = "errand.bench";

using Clock = std::chrono::steady_clock;

[[nodiscard]] NewJob make_job();
[[nodiscard]] std::vector<NewJob> make_jobs(std::uint64_t count);

/// A worker with `handler` for these jobs, not started.
[[nodiscard]] std::unique_ptr<Worker> make_worker(std::shared_ptr<Store> store, std::uint32_t slots,
                                                  Worker::RawHandler handler);

[[nodiscard]] double per_second(std::uint64_t count, Clock::duration time);

/// The upper one of two in the middle; `values` are not empty.
[[nodiscard]] double median(std::vector<double> values);

/// 0 <= `fraction` <= 1 of the sorted values lie at or below the result; 0 for none.
[[nodiscard]] double percentile_us(std::vector<Clock::duration> values, double fraction);

}  // namespace errand::cli::bench
