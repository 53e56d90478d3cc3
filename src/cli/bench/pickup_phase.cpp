#include "cli/bench/pickup_phase.hpp"

#include "cli/bench/child.hpp"

#include <errand/error.hpp>

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <thread>

namespace errand::cli::bench {
namespace {

constexpr auto job_patience = std::chrono::seconds{30};

/// Returns the moment when it began, as its result.
Outcome note_start(Context&) {
    const auto now = Clock::now().time_since_epoch();
    return Outcome::done(
        std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()));
}

Clock::time_point parse_start(const std::string& result) {
    std::int64_t nanoseconds = 0;
    std::from_chars(result.data(), result.data() + result.size(), nanoseconds);
    return Clock::time_point{std::chrono::nanoseconds{nanoseconds}};
}

/// An end is visible before the worker has gone back to waiting; this much later it has.
void let_worker_rest() {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

void await_end_of_stdin() {
    char byte = 0;
    while (true) {
        const auto got = ::read(STDIN_FILENO, &byte, 1);
        if (got == 0 || (got < 0 && errno != EINTR)) return;
    }
}

}  // namespace

std::unique_ptr<Worker> make_pickup_worker(std::shared_ptr<Store> store, std::uint32_t slots) {
    return make_worker(std::move(store), slots, note_start);
}

PickupTimes measure_pickup_by(const Client& by, std::uint32_t jobs,
                              const InterruptGuard& interrupt) {
    Client client = by;
    PickupTimes times;
    for (std::uint32_t i = 0; i < jobs; ++i) {
        interrupt.check();
        let_worker_rest();
        auto job = make_job();
        const auto called = Clock::now();
        const auto receipt = client.enqueue(std::move(job));
        const auto returned = Clock::now();
        const auto started = parse_start(client.wait_for_result(receipt.id, job_patience));
        times.from_call.push_back(started - called);
        times.from_return.push_back(std::max(started - returned, Clock::duration::zero()));
    }
    return times;
}

PickupTimes measure_pickup(const Client& client, std::uint32_t jobs,
                           const InterruptGuard& interrupt) {
    const auto worker = make_pickup_worker(client.store(), 1);
    worker->start();
    auto times = measure_pickup_by(client, jobs, interrupt);
    worker->stop();
    return times;
}

PickupTimes measure_cross_process_pickup(const Client& client, const std::string& store_url,
                                         std::uint32_t jobs, const InterruptGuard& interrupt) {
    Child child{{"errand", "bench", "--pickup-child", "--store", store_url}};
    if (child.read_line() != "ready") {
        throw Error(ErrorCode::store_unavailable,
                    "bench: the second process could not open the scratch store; see above");
    }
    return measure_pickup_by(client, jobs, interrupt);
}

void run_pickup_child(std::shared_ptr<Store> store) {
    const InterruptGuard ignoring;  // Ctrl-C goes to both processes; the parent ends this one
    const auto worker = make_pickup_worker(std::move(store), 1);
    worker->start();
    std::puts("ready");
    std::fflush(stdout);
    await_end_of_stdin();
    worker->stop();
}

}  // namespace errand::cli::bench
