#include "cli/bench/depth_phase.hpp"

#include "cli/bench/process_phase.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace errand::cli::bench {
namespace {

constexpr std::uint64_t small_store_jobs = 10'000;
constexpr std::uint64_t lines = 1'000;  ///< queues, or priorities

/// Changes the `number`th of many jobs, so that they differ as a kind of surroundings asks.
using Shape = std::function<void(NewJob& job, std::uint64_t number)>;

void as_it_is(NewJob&, std::uint64_t) {}

void shape_later(NewJob& job, std::uint64_t number) {
    job.delay = std::chrono::hours{1} + std::chrono::milliseconds{number};
}

void shape_elsewhere(NewJob& job, std::uint64_t number) {
    job.queue = fmt::format("other-{}", number % (lines - 1));
}

void shape_mingled(NewJob& job, std::uint64_t number) {
    job.priority = static_cast<std::int32_t>(number % lines) - static_cast<std::int32_t>(lines / 2);
}

/// Jobs of a priority come together.
void shape_priority(NewJob& job, std::uint64_t number) {
    shape_mingled(job, number / batch_jobs);
}

class DepthPhase {
public:
    DepthPhase(DepthKind kind, Scratch& scratch, const DepthOptions& options,
               const InterruptGuard& interrupt, const std::function<void(const std::string&)>& note)
        : kind_(kind), scratch_(scratch), options_(options), interrupt_(interrupt), note_(note) {}

    DepthFigure measure() {
        const FreshStore deep{scratch_};
        const Client client{deep.store()};
        surround(client);
        DepthFigure figure{.kind = kind_};
        std::vector<double> ratios;
        for (std::uint32_t turn = 0; turn < options_.turns; ++turn) {
            note_(fmt::format("turn {} of {}", turn + 1, options_.turns));
            // The order alternates, so that what the first leaves to the second harms both alike.
            const bool deep_first = turn % 2 == 1;
            double rate = deep_first ? deep_turn(client) : 0;
            const double base = base_turn();
            if (!deep_first) rate = deep_turn(client);
            figure.per_s = std::max(figure.per_s, rate);
            figure.base_per_s = std::max(figure.base_per_s, base);
            ratios.push_back(rate / base);
        }
        figure.ratio = median(std::move(ratios));
        return figure;
    }

private:
    void fill(Client client, std::uint64_t count, const Shape& shape) {
        for (std::uint64_t done = 0; done < count; done += batch_jobs) {
            interrupt_.check();
            note_(fmt::format("{} of {} put in", grouped(done), grouped(count)));
            auto batch = make_jobs(std::min(batch_jobs, count - done));
            for (std::uint64_t i = 0; i < batch.size(); ++i)
                shape(batch[i], done + i);
            client.enqueue_many(std::move(batch));
        }
    }

    void surround(const Client& client) {
        fill(client, options_.beside, surroundings());
        if (kind_ == DepthKind::finished) {
            note_("finishing them");
            (void)measure_processing(client, options_.beside, options_.slots, interrupt_);
        }
        if (!beside_are_claimed()) fill(client, small_store_jobs, as_it_is);
    }

    [[nodiscard]] Shape surroundings() const {
        switch (kind_) {
            case DepthKind::scheduled:
                return shape_later;
            case DepthKind::queues:
                return shape_elsewhere;
            case DepthKind::priorities:
                return shape_priority;
            case DepthKind::mingled:
                return shape_mingled;
            case DepthKind::waiting:
            case DepthKind::finished:
                break;
        }
        return as_it_is;
    }

    /// The jobs beside are those that a worker claims, too.
    [[nodiscard]] bool beside_are_claimed() const {
        return kind_ == DepthKind::waiting || kind_ == DepthKind::priorities ||
               kind_ == DepthKind::mingled;
    }

    /// Puts as many jobs in as are taken out, so that every turn finds the same depth.
    double deep_turn(const Client& client) {
        fill(client, options_.jobs, beside_are_claimed() ? surroundings() : as_it_is);
        return measure_part(client);
    }

    double base_turn() {
        const FreshStore small{scratch_};
        const Client client{small.store()};
        fill(client, options_.jobs + small_store_jobs, as_it_is);
        return measure_part(client);
    }

    double measure_part(const Client& client) {
        return measure_processing_part(client, options_.jobs, options_.slots, interrupt_);
    }

    DepthKind kind_;
    Scratch& scratch_;
    const DepthOptions& options_;
    const InterruptGuard& interrupt_;
    const std::function<void(const std::string&)>& note_;
};

}  // namespace

DepthFigure measure_depth(DepthKind kind, Scratch& scratch, const DepthOptions& options,
                          const InterruptGuard& interrupt,
                          const std::function<void(const std::string&)>& note) {
    return DepthPhase{kind, scratch, options, interrupt, note}.measure();
}

}  // namespace errand::cli::bench
