#include "cli/bench/schedule_phase.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace errand::cli::bench {
namespace {

using namespace std::chrono_literals;

constexpr Duration period = 1min;
constexpr std::uint32_t declaring_threads = 32;
/// After the measured minute, for ticks that are very late.
constexpr Duration patience = 30s;

Duration processor_time() {
    struct rusage usage {};
    static_cast<void>(::getrusage(RUSAGE_SELF, &usage));
    const auto length = [](const timeval& time) {
        return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
    };
    return length(usage.ru_utime) + length(usage.ru_stime);
}

/// The ticks of one minute that have reached the handler.
class Arrivals {
public:
    explicit Arrivals(std::uint32_t expected) { lateness_.reserve(expected); }

    void count_from(Timestamp begin) {
        const std::lock_guard lock{mutex_};
        begin_ = begin;
    }
    Outcome note(const Context& job) {
        const auto now = system_clock().now();
        const auto tick = job.tick();
        const std::lock_guard lock{mutex_};
        if (tick && begin_ && *tick >= *begin_ && *tick < *begin_ + period) {
            lateness_.push_back(now - *tick);
        }
        return Outcome::done();
    }
    [[nodiscard]] std::size_t count() {
        const std::lock_guard lock{mutex_};
        return lateness_.size();
    }
    [[nodiscard]] std::vector<Clock::duration> take() {
        const std::lock_guard lock{mutex_};
        return std::move(lateness_);
    }

private:
    std::mutex mutex_;
    std::optional<Timestamp> begin_;
    std::vector<Clock::duration> lateness_;
};

ScheduleDefinition definition_of(std::uint32_t number, std::uint32_t schedules, TickSpread spread) {
    ScheduleDefinition definition{.name = fmt::format("bench-{:06}", number),
                                  .spec = {.timing = Interval{period}},
                                  .job = make_job()};
    definition.job.id = {};
    const auto share = spread == TickSpread::even ? period * number / schedules : 0s;
    definition.spec.start = Timestamp{share};
    return definition;
}

/// Many at once, so that the store can commit them together.
void declare(Store& store, std::uint32_t schedules, TickSpread spread,
             const InterruptGuard& interrupt, const std::function<void(std::string)>& note) {
    std::atomic<std::uint32_t> next{0};
    std::atomic<bool> stop{false};
    const auto work = [&] {
        for (auto number = next++; number < schedules && !stop; number = next++) {
            const auto definition = definition_of(number, schedules, spread);
            store.put_schedule(definition, "bench");
            store.set_schedule_state(definition.name, ScheduleState::armed, "bench");
        }
    };
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < declaring_threads; ++i)
        threads.emplace_back(work);
    try {
        while (next < schedules) {
            interrupt.check();
            note(fmt::format("{} of {} declared", next.load(), schedules));
            std::this_thread::sleep_for(50ms);
        }
    } catch (...) {
        stop = true;
        throw;
    }
}

/// The next moment at which all tick, or the first does.
Timestamp next_begin(Timestamp now) {
    const auto after = now + 2s;
    return Timestamp{(after.time_since_epoch() / period + 1) * period};
}

void wait_until(Timestamp time, const InterruptGuard& interrupt, const std::function<bool()>& end) {
    while (system_clock().now() < time && !end()) {
        interrupt.check();
        std::this_thread::sleep_for(50ms);  // seldom: it counts as processor time
    }
}

}  // namespace

ScheduleTimes measure_schedules(const std::shared_ptr<Store>& store, std::uint32_t schedules,
                                std::uint32_t slots, TickSpread spread,
                                const InterruptGuard& interrupt,
                                const std::function<void(std::string)>& note) {
    declare(*store, schedules, spread, interrupt, note);
    Arrivals arrivals{schedules};
    const auto worker = make_worker(store, slots, [&](Context& job) { return arrivals.note(job); });
    const auto begin = next_begin(system_clock().now());
    arrivals.count_from(begin);
    worker->start();
    note("waiting for the minute");
    wait_until(begin, interrupt, [] { return false; });
    const auto before = processor_time();
    note("firing");
    wait_until(begin + period, interrupt, [] { return false; });
    const auto used = processor_time() - before;
    // What is measured next has not come yet when all of this minute have.
    wait_until(begin + period + patience, interrupt, [&] { return arrivals.count() >= schedules; });
    worker->stop();
    using Seconds = std::chrono::duration<double>;
    return {arrivals.take(), Seconds{used} / Seconds{period}};
}

}  // namespace errand::cli::bench
