#include "core/explain_limits.hpp"

#include "core/explain_text.hpp"
#include "core/rate.hpp"

#include <errand/limits.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

namespace errand::core {
namespace {

/// " (ID, ID, ID)" of the first three; empty: there are none.
std::string ids_text(const std::vector<JobId>& jobs) {
    if (jobs.empty()) return {};
    std::vector<std::string> ids;
    for (const auto& job : jobs) {
        if (ids.size() == 3) break;
        ids.push_back(to_string(job));
    }
    return fmt::format(" ({})", fmt::join(ids, ", "));
}

/// The reasons of one limit.
class LimitExplainer {
public:
    LimitExplainer(const LimitView& view, const Job& job, Timestamp now,
                   std::vector<ExplainReason>& reasons)
        : view_(view),
          job_(job),
          now_(now),
          reasons_(reasons),
          scope_(to_string(view.limit.scope)) {}

    void explain() {
        window();
        slowed();
        breaker();
        concurrency();
        rate();
    }

private:
    ExplainReason& add(ExplainCode code, std::string text) {
        auto& reason = reasons_.emplace_back(make_reason(code, std::move(text)));
        reason.scope = view_.limit.scope;
        return reason;
    }

    void window() {
        if (!view_.limit.window || !view_.window_opens_at) return;
        const auto hours = to_string(*view_.limit.window);
        const auto opens_at = *view_.window_opens_at;
        if (opens_at == max_timestamp) {
            add(ExplainCode::outside_window,
                fmt::format("nobody here knows when the window {} of {} opens; install its time "
                            "zone, or set the window anew",
                            hours, scope_));
            return;
        }
        add(ExplainCode::outside_window,
            fmt::format("the window {} of {} opens at {}", hours, scope_, moment(opens_at, now_)))
            .until = opens_at;
    }

    void slowed() {
        if (!view_.slowed_until || *view_.slowed_until <= now_) return;
        add(ExplainCode::slowed, fmt::format("{} was asked to slow down; it goes on at {}", scope_,
                                             moment(*view_.slowed_until, now_)))
            .until = view_.slowed_until;
    }

    void breaker() {
        if (!view_.limit.breaker || !view_.broken_until) return;
        if (*view_.broken_until > now_) {
            auto& reason =
                add(ExplainCode::breaker_open,
                    fmt::format(
                        "the breaker of {} is open: the last {} attempt{} failed; one job tries "
                        "at {}",
                        scope_, view_.failures, view_.failures == 1 ? "" : "s",
                        moment(*view_.broken_until, now_)));
            reason.count = view_.failures;
            reason.until = view_.broken_until;
        } else if (view_.held > 0) {
            auto& reason = add(ExplainCode::breaker_probing,
                               fmt::format("the breaker of {} lets one job try{}; when that "
                                           "completes the others go on",
                                           scope_, ids_text(view_.holders)));
            reason.jobs = view_.holders;
            reason.count = view_.failures;
        }
    }

    void concurrency() {
        const auto most = view_.limit.concurrency;
        if (!most || view_.held < *most) return;
        auto& reason = add(ExplainCode::concurrency_limit,
                           fmt::format("the concurrency limit of {} is used up: {} of {} under "
                                       "way{}",
                                       scope_, view_.held, *most, ids_text(view_.holders)));
        reason.jobs = view_.holders;
        reason.count = *most;
    }

    void rate() {
        if (!view_.limit.rate) return;
        const bool closed = view_.opens_at && *view_.opens_at > now_;
        const auto cost = cost_of(*view_.limit.rate, job_.weight);
        const auto left = view_.available.value_or(cost);
        if (!closed && left >= cost) return;
        auto text =
            fmt::format("the rate {} of {} is used up", to_string(*view_.limit.rate), scope_);
        if (left > 0) text += fmt::format(" but for {}, and it needs {}", left, cost);
        if (closed) text += "; it opens at " + moment(*view_.opens_at, now_);
        add(ExplainCode::rate_limit, std::move(text)).until = view_.opens_at;
    }

    const LimitView& view_;
    const Job& job_;
    Timestamp now_;
    std::vector<ExplainReason>& reasons_;
    std::string scope_;
};

}  // namespace

std::vector<ExplainReason> explain_limits(const Job& job, const StoreFacts& store) {
    std::vector<ExplainReason> reasons;
    for (const auto& view : store.limits) {
        if (holds(view.limit.scope, job)) LimitExplainer{view, job, store.now, reasons}.explain();
    }
    return reasons;
}

}  // namespace errand::core
