#include "cli/bench/run.hpp"

#include "cli/bench/depth_phase.hpp"
#include "cli/bench/enqueue_phase.hpp"
#include "cli/bench/feature_phase.hpp"
#include "cli/bench/fsync_probe.hpp"
#include "cli/bench/pickup_phase.hpp"
#include "cli/bench/process_phase.hpp"
#include "cli/bench/raw_sqlite.hpp"
#include "cli/bench/schedule_phase.hpp"
#include "cli/bench/scratch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace errand::cli::bench {
namespace {

constexpr std::uint32_t many_callers = 64;

void keep_better(std::optional<double>& best, double rate) {
    best = std::max(best.value_or(0), rate);
}

/// One run: a list of steps, each on a store of its own.
class Bench {
public:
    Bench(const BenchOptions& options, const InterruptGuard& interrupt)
        : options_(options), interrupt_(interrupt), scratch_(options.store_url) {
        figures_.jobs = options.jobs;
        figures_.durability = scratch_.durability();
        figures_.store = scratch_.kind();
        figures_.rounds = options.rounds;
        figures_.slots =
            options.slots ? options.slots : std::max(1U, std::thread::hardware_concurrency());
        plan();
    }

    Figures run() {
        for (const auto& step : steps_) {
            interrupt_.check();
            note({});
            step.work();
            ++done_;
        }
        return figures_;
    }

private:
    struct Step {
        std::string title;
        std::function<void()> work;
    };

    void plan() {
        if (file_store()) add("fsync", "fdatasync", [this] { probe_fsync(); });
        for (std::uint32_t round = 0; round < options_.rounds; ++round)
            plan_round();
        if (options_.pickups > 0) {
            add("pickup", "pick-up", [this] { run_pickup(); });
            if (file_store()) {
                add("pickup", "pick-up by another process", [this] { run_cross_process_pickup(); });
            }
        }
        if (options_.depth > 0) {
            for (const auto& kind : depth_kinds)
                add("depth", fmt::format("beside jobs {}", kind.title),
                    [this, &kind] { run_depth(kind.kind); });
            add("depth", "pick-up behind a busy key", [this] { run_saturated_turn(); });
            add("depth", "pick-up behind a full limit", [this] { run_saturated_limit(); });
        }
        if (options_.feature_jobs > 0) {
            for (const auto& kind : feature_kinds)
                add("features", fmt::format("with {}", kind.title),
                    [this, &kind] { run_feature(kind.kind); });
        }
        plan_schedules();
    }

    void plan_schedules() {
        if (options_.schedules == 0) return;
        add("schedules", "schedules, spread over a minute",
            [this] { run_schedules(TickSpread::even); });
        add("schedules", "schedules, all at one moment",
            [this] { run_schedules(TickSpread::at_once); });
    }

    void plan_round() {
        if (file_store()) add("raw", "raw engine", [this] { run_raw(); });
        add("process", "batches, processing", [this] { run_batches(); });
        add("mixed", "both at once", [this] { run_mixed(); });
        add("single", "single enqueues", [this] { run_singles(1, figures_.enqueue_single_per_s); });
        add("callers", "64 callers",
            [this] { run_singles(many_callers, figures_.enqueue_64_callers_per_s); });
    }

    void add(std::string_view part, std::string title, std::function<void()> work) {
        const auto& only = options_.only;
        if (!only.empty() && std::ranges::find(only, part) == only.end()) return;
        steps_.push_back({std::move(title), std::move(work)});
    }

    void note(std::string_view detail) const {
        if (!options_.progress) return;
        auto text = steps_[done_].title;
        if (!detail.empty()) text += fmt::format(": {}", detail);
        options_.progress(done_, static_cast<std::uint32_t>(steps_.size()), text);
    }

    [[nodiscard]] bool file_store() const { return scratch_.kind() == "sqlite"; }

    void probe_fsync() { figures_.fsync_us = measure_fsync_us(*scratch_.make_directory()); }

    void run_raw() {
        const auto directory = *scratch_.make_directory();
        const auto rates = measure_raw_sqlite(directory, scratch_.durability() == "full",
                                              options_.jobs, interrupt_);
        std::filesystem::remove_all(directory);
        keep_better(figures_.raw_enqueue_batch_per_s, rates.enqueue_batch_per_s);
        keep_better(figures_.raw_process_per_s, rates.process_per_s);
        keep_better(figures_.raw_process_memory_claims_per_s, rates.process_memory_claims_per_s);
    }

    void run_batches() {
        const FreshStore fresh{scratch_};
        const Client client{fresh.store()};
        keep_better(figures_.enqueue_batch_per_s,
                    measure_batch_enqueue(client, options_.jobs, interrupt_));
        keep_better(figures_.process_per_s,
                    measure_processing(client, options_.jobs, figures_.slots, interrupt_));
    }

    void run_mixed() {
        const FreshStore fresh{scratch_};
        const auto rates =
            measure_mixed(Client{fresh.store()}, options_.jobs, figures_.slots, interrupt_);
        keep_better(figures_.mixed_enqueue_per_s, rates.enqueue_per_s);
        keep_better(figures_.mixed_process_per_s, rates.process_per_s);
    }

    void run_singles(std::uint32_t callers, std::optional<double>& best) {
        const FreshStore fresh{scratch_};
        const auto time = std::chrono::milliseconds{options_.single_time_ms};
        keep_better(best, measure_single_enqueues(Client{fresh.store()}, callers, time,
                                                  options_.jobs, interrupt_));
    }

    void run_pickup() {
        const FreshStore fresh{scratch_};
        const auto times = measure_pickup(Client{fresh.store()}, options_.pickups, interrupt_);
        figures_.pickup_p50_us = percentile_us(times.from_call, 0.5);
        figures_.pickup_p99_us = percentile_us(times.from_call, 0.99);
        figures_.pickup_after_commit_p50_us = percentile_us(times.from_return, 0.5);
        figures_.pickup_after_commit_p99_us = percentile_us(times.from_return, 0.99);
    }

    void run_cross_process_pickup() {
        const FreshStore fresh{scratch_};
        const auto times = measure_cross_process_pickup(Client{fresh.store()}, fresh.url(),
                                                        options_.pickups, interrupt_);
        figures_.pickup_cross_process_p50_us = percentile_us(times.from_call, 0.5);
        figures_.pickup_cross_process_p99_us = percentile_us(times.from_call, 0.99);
        figures_.pickup_cross_process_after_commit_p50_us = percentile_us(times.from_return, 0.5);
        figures_.pickup_cross_process_after_commit_p99_us = percentile_us(times.from_return, 0.99);
    }

    void run_depth(DepthKind kind) {
        const DepthOptions options{.beside = options_.depth,
                                   .jobs = std::min(options_.jobs, options_.depth_jobs),
                                   .slots = figures_.slots,
                                   .turns = options_.depth_turns};
        figures_.depth = options.beside;
        figures_.depth_jobs = options.jobs;
        figures_.beside.push_back(measure_depth(kind, scratch_, options, interrupt_,
                                                [this](const auto& detail) { note(detail); }));
    }

    void run_feature(FeatureKind kind) {
        const FeatureOptions options{.jobs = options_.feature_jobs,
                                     .slots = figures_.slots,
                                     .turns = options_.feature_turns};
        figures_.feature_jobs = options.jobs;
        figures_.features.push_back(measure_feature(kind, scratch_, options, interrupt_,
                                                    [this](const auto& detail) { note(detail); }));
    }

    [[nodiscard]] PickupTimes saturated(Saturation how) {
        figures_.depth = options_.depth;
        return measure_saturated(how, scratch_, options_.depth, std::max(1U, options_.pickups),
                                 interrupt_, [this](const auto& detail) { note(detail); });
    }

    void run_saturated_turn() {
        const auto times = saturated(Saturation::turn);
        figures_.saturated_turn_p50_us = percentile_us(times.from_call, 0.5);
        figures_.saturated_turn_p99_us = percentile_us(times.from_call, 0.99);
    }

    void run_saturated_limit() {
        const auto times = saturated(Saturation::limit);
        figures_.saturated_limit_p50_us = percentile_us(times.from_call, 0.5);
        figures_.saturated_limit_p99_us = percentile_us(times.from_call, 0.99);
    }

    void run_schedules(TickSpread spread) {
        const FreshStore fresh{scratch_};
        auto times = measure_schedules(fresh.store(), options_.schedules, figures_.slots, spread,
                                       interrupt_, [this](const auto& text) { note(text); });
        const LatenessFigure figure{percentile_us(times.lateness, 0.5),
                                    percentile_us(times.lateness, 0.99),
                                    percentile_us(times.lateness, 1)};
        if (spread == TickSpread::at_once) {
            figures_.schedules_at_once = figure;
            return;
        }
        figures_.schedules = options_.schedules;
        figures_.schedules_fired = times.lateness.size();
        figures_.schedules_spread = figure;
        figures_.schedules_cores = times.cores;
    }

    const BenchOptions& options_;
    const InterruptGuard& interrupt_;
    Scratch scratch_;
    Figures figures_;
    std::vector<Step> steps_;
    std::uint32_t done_ = 0;
};

}  // namespace

Figures run_bench(const BenchOptions& options, const InterruptGuard& interrupt) {
    return Bench{options, interrupt}.run();
}

}  // namespace errand::cli::bench
