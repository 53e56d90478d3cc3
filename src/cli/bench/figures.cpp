#include "cli/bench/figures.hpp"

#include "cli/table.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace errand::cli::bench {
namespace {

std::optional<double> ratio(std::optional<double> part, std::optional<double> whole) {
    if (!part || !whole || *whole <= 0) return std::nullopt;
    return *part / *whole;
}

/// Rates and microseconds need no more than three figures behind the point.
boost::json::value number(std::optional<double> value) {
    if (!value) return nullptr;
    return std::round(*value * 1'000) / 1'000;
}

std::string rate_text(double rate) {
    return grouped(static_cast<std::uint64_t>(std::llround(rate)));
}

std::string time_text(std::optional<double> microseconds) {
    return microseconds ? fmt::format("{:.0f} us", *microseconds) : "-";
}

std::string ratio_text(std::optional<double> value, std::string_view of) {
    return value ? fmt::format("{:.2f} x {}", *value, of) : "";
}

std::string_view title_of(DepthKind kind) {
    return std::ranges::find(depth_kinds, kind, &DepthKindText::kind)->title;
}

std::string_view title_of(FeatureKind kind) {
    return std::ranges::find(feature_kinds, kind, &FeatureKindText::kind)->title;
}

/// The best small store of all turns; none: depth was not measured.
std::optional<double> depth_base(const Figures& figures) {
    std::optional<double> best;
    for (const auto& one : figures.beside)
        best = std::max(best.value_or(0), one.base_per_s);
    return best;
}

void print_rates(const Figures& figures) {
    const auto callers = ratio(figures.enqueue_64_callers_per_s, figures.enqueue_single_per_s);
    const auto batch = ratio(figures.enqueue_batch_per_s, figures.raw_enqueue_batch_per_s);
    const auto process = ratio(figures.process_per_s, figures.raw_process_per_s);
    Table table{{{"RATE", false}, {"JOBS/S", true}, {"RATIO", false}}};
    const auto row = [&](std::string name, std::optional<double> rate, std::string ratio = {}) {
        if (!rate) return;
        table.add_row({std::move(name), rate_text(*rate), std::move(ratio)});
    };
    row("enqueue, one caller", figures.enqueue_single_per_s);
    row("enqueue, 64 callers", figures.enqueue_64_callers_per_s, ratio_text(callers, "one caller"));
    row("enqueue, batches of 1,000", figures.enqueue_batch_per_s, ratio_text(batch, "raw"));
    row("process", figures.process_per_s, ratio_text(process, "raw"));
    row("both at once: enqueue", figures.mixed_enqueue_per_s);
    row("both at once: process", figures.mixed_process_per_s);
    row("raw engine: enqueue", figures.raw_enqueue_batch_per_s);
    row("raw engine: process", figures.raw_process_per_s);
    row("raw engine: process, claims in memory", figures.raw_process_memory_claims_per_s);
    for (const auto& one : figures.beside) {
        row(fmt::format("process beside {} {}", grouped(figures.depth), title_of(one.kind)),
            one.per_s, ratio_text(one.ratio, "small store"));
    }
    for (const auto& one : figures.features) {
        row(fmt::format("process with {}", title_of(one.kind)), one.per_s,
            ratio_text(one.ratio, "without"));
    }
    if (!table.empty()) table.print();
}

void print_times(const Figures& figures) {
    Table table{{{"TIME", false}, {"P50", true}, {"P99", true}}};
    const auto row = [&](std::string name, std::optional<double> p50, std::optional<double> p99) {
        if (!p50) return;
        table.add_row({std::move(name), time_text(p50), time_text(p99)});
    };
    row("enqueue called -> handler starts", figures.pickup_p50_us, figures.pickup_p99_us);
    row("enqueue returned -> handler starts", figures.pickup_after_commit_p50_us,
        figures.pickup_after_commit_p99_us);
    row("called -> starts in another process", figures.pickup_cross_process_p50_us,
        figures.pickup_cross_process_p99_us);
    row("returned -> starts in another process", figures.pickup_cross_process_after_commit_p50_us,
        figures.pickup_cross_process_after_commit_p99_us);
    row(fmt::format("called -> starts, behind {} of a busy key", grouped(figures.depth)),
        figures.saturated_turn_p50_us, figures.saturated_turn_p99_us);
    row(fmt::format("called -> starts, behind {} of a full limit", grouped(figures.depth)),
        figures.saturated_limit_p50_us, figures.saturated_limit_p99_us);
    row("fdatasync of 4 KiB", figures.fsync_us, std::nullopt);
    if (table.empty()) return;
    fmt::print("\n");
    table.print();
}

void print_schedules(const Figures& figures) {
    if (figures.schedules == 0) return;
    Table table{{{"SCHEDULES", false}, {"P50", true}, {"P99", true}, {"MAX", true}}};
    const auto row = [&](std::string name, const std::optional<LatenessFigure>& figure) {
        if (!figure) return;
        table.add_row({std::move(name), time_text(figure->p50_us), time_text(figure->p99_us),
                       time_text(figure->max_us)});
    };
    row("tick -> handler starts, spread over a minute", figures.schedules_spread);
    row("tick -> handler starts, all at one moment", figures.schedules_at_once);
    fmt::print("\n");
    table.print();
    fmt::print("{} of {} fired; {:.1f} % of a core in that minute, their jobs included\n",
               grouped(figures.schedules_fired), grouped(figures.schedules),
               figures.schedules_cores.value_or(0) * 100);
}

}  // namespace

std::string to_json(const Figures& f) {
    boost::json::object out;
    const auto add = [&](std::string_view name, std::optional<double> value) {
        out[boost::json::string_view{name.data(), name.size()}] = number(value);
    };
    add("enqueue_single_per_s", f.enqueue_single_per_s);
    add("enqueue_64_callers_per_s", f.enqueue_64_callers_per_s);
    add("enqueue_batch_per_s", f.enqueue_batch_per_s);
    add("process_per_s", f.process_per_s);
    add("mixed_enqueue_per_s", f.mixed_enqueue_per_s);
    add("mixed_process_per_s", f.mixed_process_per_s);
    add("pickup_p50_us", f.pickup_p50_us);
    add("pickup_p99_us", f.pickup_p99_us);
    add("raw_enqueue_batch_per_s", f.raw_enqueue_batch_per_s);
    add("raw_process_per_s", f.raw_process_per_s);
    add("fsync_us", f.fsync_us);
    out["jobs"] = f.jobs;
    out["durability"] = f.durability;
    out["store"] = f.store;
    out["slots"] = f.slots;
    out["rounds"] = f.rounds;
    add("pickup_after_commit_p50_us", f.pickup_after_commit_p50_us);
    add("pickup_after_commit_p99_us", f.pickup_after_commit_p99_us);
    add("pickup_cross_process_p50_us", f.pickup_cross_process_p50_us);
    add("pickup_cross_process_p99_us", f.pickup_cross_process_p99_us);
    add("pickup_cross_process_after_commit_p50_us", f.pickup_cross_process_after_commit_p50_us);
    add("pickup_cross_process_after_commit_p99_us", f.pickup_cross_process_after_commit_p99_us);
    add("raw_process_memory_claims_per_s", f.raw_process_memory_claims_per_s);
    add("callers_ratio", ratio(f.enqueue_64_callers_per_s, f.enqueue_single_per_s));
    add("enqueue_batch_ratio", ratio(f.enqueue_batch_per_s, f.raw_enqueue_batch_per_s));
    add("process_ratio", ratio(f.process_per_s, f.raw_process_per_s));
    out["depth"] = f.depth;
    out["depth_jobs"] = f.depth_jobs;
    add("depth_base_per_s", depth_base(f));
    for (const auto& kind : depth_kinds) {
        const auto one = std::ranges::find(f.beside, kind.kind, &DepthFigure::kind);
        const bool known = one != f.beside.end();
        const auto field = fmt::format("depth_{}_", kind.name);
        add(field + "per_s", known ? std::optional{one->per_s} : std::nullopt);
        add(field + "ratio", known ? std::optional{one->ratio} : std::nullopt);
    }
    out["feature_jobs"] = f.feature_jobs;
    for (const auto& kind : feature_kinds) {
        const auto one = std::ranges::find(f.features, kind.kind, &FeatureFigure::kind);
        const bool known = one != f.features.end();
        const auto field = fmt::format("feature_{}_", kind.name);
        add(field + "per_s", known ? std::optional{one->per_s} : std::nullopt);
        add(field + "ratio", known ? std::optional{one->ratio} : std::nullopt);
    }
    add("saturated_turn_p50_us", f.saturated_turn_p50_us);
    add("saturated_turn_p99_us", f.saturated_turn_p99_us);
    add("saturated_limit_p50_us", f.saturated_limit_p50_us);
    add("saturated_limit_p99_us", f.saturated_limit_p99_us);
    out["schedules"] = f.schedules;
    out["schedules_fired"] = f.schedules_fired;
    add("schedules_cores", f.schedules_cores);
    const auto add_lateness = [&](const std::string& name,
                                  const std::optional<LatenessFigure>& figure) {
        const auto part = [&](double LatenessFigure::*member) {
            return figure ? std::optional{(*figure).*member} : std::nullopt;
        };
        add(name + "_p50_us", part(&LatenessFigure::p50_us));
        add(name + "_p99_us", part(&LatenessFigure::p99_us));
        add(name + "_max_us", part(&LatenessFigure::max_us));
    };
    add_lateness("schedules_spread", f.schedules_spread);
    add_lateness("schedules_at_once", f.schedules_at_once);
    return boost::json::serialize(out);
}

void print(const Figures& figures) {
    fmt::print("store {}, durability {}, {} jobs of 200 bytes, {} slots, best of {} rounds\n\n",
               figures.store, figures.durability, grouped(figures.jobs), figures.slots,
               figures.rounds);
    print_rates(figures);
    print_times(figures);
    print_schedules(figures);
}

}  // namespace errand::cli::bench
