#include "store/sqlite/front.hpp"
#include "store/sqlite/front_taker.hpp"
#include "store/sqlite/job_events.hpp"
#include "store/sqlite/lease_row.hpp"
#include "store/sqlite/rules.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/store_impl.hpp"

#include "base/failpoint.hpp"
#include "store/checks.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <iterator>

namespace errand::sqlite {

namespace {

constexpr auto lane_has_ready = sql_named(sql::claim_sql, "lane_has_ready");

/// The leases taken, queue by queue in the order of claiming.
std::vector<Lease> in_order(std::vector<Front> fronts) {
    std::vector<Lease> leases;
    for (auto& front : fronts) {
        if (!front.taken) continue;
        auto ordered = std::move(front).in_order();
        if (leases.empty()) {
            leases = std::move(ordered);
        } else {
            std::ranges::move(ordered, std::back_inserter(leases));
        }
    }
    return leases;
}

/// What there is to take, seen without a write transaction: an idle worker's look costs a read.
std::vector<QueueLanes> lanes_with_work(Connection& reader, const LaneTable& lanes,
                                        const Rules& rules, const ClaimRequest& request) {
    std::vector<QueueLanes> found;
    for (const auto& demand : request.queues) {
        if (demand.max_jobs == 0) continue;
        auto candidates = lanes.lanes_of(demand.queue, request.types, request.labels);
        std::erase_if(candidates, [&](const Lane& lane) {
            return rules.paused(lane) ||
                   !reader.statement(lane_has_ready).query(lane.number).next();
        });
        if (!candidates.empty()) found.push_back({std::move(candidates), demand.max_jobs});
    }
    return found;
}

}  // namespace

std::optional<RetryPolicy> retry_in(const Statement::Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    try {
        return RetryPolicy::parse(rows.text(column));
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::vector<Lease> SqliteStore::claim(const ClaimRequest& request) {
    store::check_length("lease", request.lease);
    base::failpoint("claim.before_begin");
    // Read beside the writer, which has the less to do in its transaction: it only makes sure that
    // nothing has changed, and moves the rows. What limits allow is decided in the transaction.
    std::vector<QueueLanes> work;
    std::vector<Front> fronts;
    {
        auto reader = database_.read();
        lanes_.refresh(*reader);
        const auto rules = Rules::read(*reader);
        work = lanes_with_work(*reader, lanes_, rules, request);
        fronts.resize(work.size());
        for (std::size_t i = 0; i < work.size() && !rules.any_limit(); ++i)
            fronts[i] = FrontReader{*reader}.read(work[i]);
    }
    if (work.empty()) return {};
    bool closed = false;
    // Losing a claim with the power loses nothing: its handler is gone, too, and the job is still
    // there. note_boot() keeps the next boot from giving out the same lease numbers.
    const auto take = [&] {
        base::failpoint("claim.after_begin");
        auto& writer = database_.writer();
        const auto time = now();  // one for all: what began is compared with what had opened
        FrontTaker taker{writer, request, time};
        auto rules = Rules::read(writer);
        if (rules.any_limit()) rules.count_held(writer, lanes_);
        for (std::size_t i = 0; i < work.size(); ++i) {
            auto& front = fronts[i];
            front.taken = false;
            auto open = work[i];
            std::erase_if(open.lanes, [&](const Lane& lane) { return rules.paused(lane); });
            if (open.lanes.empty()) continue;
            const bool changed = open.lanes.size() != work[i].lanes.size();
            if (rules.any_limit()) {
                front = FrontReader{writer, &rules, time}.read(open);
            } else if (changed || front.leases.empty() || !taker.still_stands(front)) {
                front = FrontReader{writer}.read(open);
            }
            taker.take(front);
        }
        note_started(database_.events(), writer, fronts, request.worker, time);
        closed = rules.any_limit() && rules.write(writer);
        base::failpoint("claim.before_commit");
    };
    database_.write(take, Sync::not_needed);
    base::failpoint("claim.after_commit");
    if (closed) wake(WakeChannel::schedule);
    return in_order(std::move(fronts));
}

}  // namespace errand::sqlite
