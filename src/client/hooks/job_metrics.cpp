#include <errand/client.hpp>
#include <errand/standard_hooks.hpp>

#include <fmt/format.h>

#include <iterator>
#include <mutex>
#include <string_view>
#include <utility>

namespace errand {
namespace {

constexpr std::size_t most_types = 1'000;
constexpr std::string_view others = "(others)";

double seconds(Duration time) {
    return std::chrono::duration<double>{time}.count();
}

void count(TypeMetrics& metrics, const Outcome& outcome, Duration took) {
    --metrics.running;
    metrics.time += took;
    std::size_t bucket = 0;
    while (bucket < TypeMetrics::bounds.size() && seconds(took) > TypeMetrics::bounds[bucket])
        ++bucket;
    ++metrics.by_time[bucket];
    switch (outcome.kind()) {
        case Outcome::Kind::done:
            ++metrics.done;
            break;
        case Outcome::Kind::fail:
            ++metrics.failed;
            break;
        case Outcome::Kind::retry_in:
        case Outcome::Kind::slow_down:
            ++metrics.retried;
            break;
        case Outcome::Kind::snooze:
        case Outcome::Kind::wait_signal:
            ++metrics.snoozed;
            break;
        case Outcome::Kind::discard:
            ++metrics.discarded;
            break;
        case Outcome::Kind::cancel:
            ++metrics.cancelled;
            break;
    }
}

/// A label's value: Prometheus wants these characters escaped.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\' || c == '"') result += '\\';
        if (c == '\n') {
            result += "\\n";
        } else {
            result += c;
        }
    }
    return result;
}

using ByType = std::map<std::string, TypeMetrics>;

void write_counters(
    std::string& out, std::string_view name, std::string_view help, std::string_view label,
    const ByType& all,
    const std::vector<std::pair<std::string_view, std::uint64_t TypeMetrics::*>>& parts) {
    auto at = std::back_inserter(out);
    fmt::format_to(at, "# HELP {0} {1}\n# TYPE {0} counter\n", name, help);
    for (const auto& [type, metrics] : all) {
        for (const auto& [value, member] : parts) {
            fmt::format_to(at, "{}{{type=\"{}\",{}=\"{}\"}} {}\n", name, escaped(type), label,
                           value, metrics.*member);
        }
    }
}

void write_running(std::string& out, const ByType& all) {
    auto at = std::back_inserter(out);
    fmt::format_to(at,
                   "# HELP errand_type_running Attempts that run now.\n"
                   "# TYPE errand_type_running gauge\n");
    for (const auto& [type, metrics] : all) {
        fmt::format_to(at, "errand_type_running{{type=\"{}\"}} {}\n", escaped(type),
                       metrics.running);
    }
}

void write_times(std::string& out, const ByType& all) {
    auto at = std::back_inserter(out);
    fmt::format_to(at,
                   "# HELP errand_type_attempt_seconds How long attempts took.\n"
                   "# TYPE errand_type_attempt_seconds histogram\n");
    for (const auto& [type, metrics] : all) {
        const auto label = escaped(type);
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < metrics.by_time.size(); ++i) {
            sum += metrics.by_time[i];
            const auto bound = i < TypeMetrics::bounds.size()
                                   ? fmt::format("{}", TypeMetrics::bounds[i])
                                   : std::string{"+Inf"};
            fmt::format_to(at, "errand_type_attempt_seconds_bucket{{type=\"{}\",le=\"{}\"}} {}\n",
                           label, bound, sum);
        }
        fmt::format_to(at,
                       "errand_type_attempt_seconds_sum{{type=\"{0}\"}} {1}\n"
                       "errand_type_attempt_seconds_count{{type=\"{0}\"}} {2}\n",
                       label, seconds(metrics.time), sum);
    }
}

}  // namespace

class JobMetrics::Counts {
public:
    explicit Counts(const Clock& clock) : clock_(clock) {}

    [[nodiscard]] Timestamp now() const { return clock_.now(); }
    template <class F>
    void with(std::string_view type, F change) {
        const std::lock_guard lock{mutex_};
        const auto found = by_type_.find(std::string{type});
        if (found != by_type_.end()) return change(found->second);
        const auto name = by_type_.size() < most_types ? type : others;
        change(by_type_[std::string{name}]);
    }
    [[nodiscard]] ByType all() const {
        const std::lock_guard lock{mutex_};
        return by_type_;
    }

private:
    const Clock& clock_;
    mutable std::mutex mutex_;
    ByType by_type_;
};

JobMetrics::JobMetrics(const Clock& clock) : counts_(std::make_shared<Counts>(clock)) {}

PerformHook JobMetrics::perform_hook() const {
    return [counts = counts_](Context& job) -> AfterPerform {
        counts->with(job.type(), [](TypeMetrics& metrics) { ++metrics.running; });
        return [counts, type = std::string{job.type()}, begin = counts->now()](Outcome& outcome) {
            const auto took = counts->now() - begin;
            counts->with(type, [&](TypeMetrics& metrics) { count(metrics, outcome, took); });
        };
    };
}

EnqueueHook JobMetrics::enqueue_hook() const {
    return [counts = counts_](NewJob& job) -> AfterEnqueue {
        return [counts, type = job.type](const Receipt* receipt) {
            counts->with(type, [&](TypeMetrics& metrics) {
                if (!receipt) {
                    ++metrics.not_enqueued;
                } else if (receipt->kind == InsertResult::Kind::inserted) {
                    ++metrics.enqueued;
                } else {
                    ++metrics.suppressed;
                }
            });
        };
    };
}

std::map<std::string, TypeMetrics> JobMetrics::by_type() const {
    return counts_->all();
}

std::string JobMetrics::prometheus() const {
    const auto all = counts_->all();
    std::string out;
    write_counters(out, "errand_type_enqueued_total", "Calls that enqueued a job.", "result", all,
                   {{"added", &TypeMetrics::enqueued},
                    {"suppressed", &TypeMetrics::suppressed},
                    {"failed", &TypeMetrics::not_enqueued}});
    write_counters(out, "errand_type_attempts_total", "Attempts that ended.", "outcome", all,
                   {{"done", &TypeMetrics::done},
                    {"fail", &TypeMetrics::failed},
                    {"retry", &TypeMetrics::retried},
                    {"snooze", &TypeMetrics::snoozed},
                    {"discard", &TypeMetrics::discarded},
                    {"cancel", &TypeMetrics::cancelled}});
    write_running(out, all);
    write_times(out, all);
    return out;
}

}  // namespace errand
