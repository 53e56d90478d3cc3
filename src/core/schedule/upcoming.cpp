#include "core/schedule/upcoming.hpp"

#include <errand/limits.hpp>

#include <algorithm>

namespace errand::core {
namespace {

TickMark mark_of(ClockMark mark) noexcept {
    switch (mark) {
        case ClockMark::none:
            break;
        case ClockMark::moved:
            return TickMark::moved;
        case ClockMark::first_of_two:
            return TickMark::first_of_two;
        case ClockMark::second_of_two:
            return TickMark::second_of_two;
    }
    return TickMark::none;
}

class Preview {
public:
    Preview(const SchedulePlan& plan, std::size_t count)
        : plan_(plan), firing_left_(count), others_left_(count) {}

    std::vector<UpcomingTick> after(Timestamp from) && {
        auto last = plan_.newest_due(from).value_or(min_timestamp - Duration{1});
        auto seen = std::max(last, from);  // up to here the clock's moves are no news
        while (firing_left_ > 0) {
            const auto tick = plan_.next(last);
            add_left_out(seen, tick.value_or(plan_.spec().end.value_or(seen)));
            if (!tick) break;
            seen = std::max(seen, *tick);
            last = add(*tick);
        }
        return std::move(result_);
    }

private:
    /// Gives the moment up to which all has been said.
    Timestamp add(Timestamp tick) {
        if (plan_.exclusions().hold(tick)) {
            if (others_left_ == 0) return plan_.exclusions().skip_ahead(tick);
            --others_left_;
            result_.push_back(made(tick, TickMark::excluded));
            return tick;
        }
        --firing_left_;
        const auto& cron = plan_.cron();
        result_.push_back(made(tick, cron ? mark_of(cron->mark(tick)) : TickMark::none));
        if (cron) result_.back().named = cron->named(tick);
        return tick;
    }

    void add_left_out(Timestamp after, Timestamp until) {
        if (!plan_.cron()) return;
        after = std::max(after, plan_.spec().start.value_or(after));
        for (auto gone = plan_.cron()->left_out(after, until); gone && others_left_ > 0;
             gone = plan_.cron()->left_out(gone->at, until)) {
            --others_left_;
            result_.push_back(made(gone->at, TickMark::left_out));
            result_.back().named = gone->local;
        }
    }

    [[nodiscard]] UpcomingTick made(Timestamp tick, TickMark mark) const {
        const auto time = std::chrono::floor<std::chrono::seconds>(tick);
        const auto period = plan_.zone().period_at(time);
        const auto fire_at = mark == TickMark::left_out ? tick : plan_.fire_at(tick);
        return {tick,          fire_at,
                mark,          period.local(time),
                period.offset, std::string{period.abbreviation}};
    }

    const SchedulePlan& plan_;
    std::size_t firing_left_;
    std::size_t others_left_;
    std::vector<UpcomingTick> result_;
};

}  // namespace

std::vector<UpcomingTick> upcoming(const SchedulePlan& plan, Timestamp from, std::size_t count) {
    return Preview{plan, count}.after(from);
}

}  // namespace errand::core
