#include "crash/recovery.hpp"

#include "crash/script.hpp"
#include "crash/store_dump.hpp"

#include <exception>
#include <stdexcept>

namespace errand::test {

using namespace std::chrono_literals;

namespace {

void expect(bool condition, const std::string& what) {
    if (!condition) throw std::runtime_error(what);
}

void expect_intact(const std::string& path) {
    const auto found = integrity_of(path);
    expect(found == "ok", "plain SQLite finds: " + found);
}

void expect_sound(Store& store) {
    for (const auto& finding : store.check()) {
        // How full this machine's disk is has nothing to do with the cut.
        expect(finding.ok || finding.what == "free space", finding.what + ": " + finding.detail);
    }
}

void settle_all(Store& store, const std::vector<LeaseRef>& leases, JobState to) {
    std::vector<Settlement> items;
    for (const auto& lease : leases)
        items.push_back(plain_settlement(lease, to));
    for (const auto result : store.settle(items)) {
        expect(result == SettleResult::ok || result == SettleResult::recorded_cancel,
               "a lease given out after the cut is not valid");
    }
}

/// What workers of the next boot do.
void finish_all(Store& store) {
    const auto session = store.join(worker_named("after"));
    std::vector<LeaseRef> leases;
    for (const auto& taken : store.take_over_expired(session->id(), 1000, 10min))
        leases.push_back(taken.lease.ref);
    settle_all(store, leases, JobState::available);
    (void)store.promote_due(1000);
    for (const auto& pause : store.pauses())
        store.set_paused(pause.scope, false, "");
    for (const auto& view : store.limits())
        store.set_limit({view.limit.scope});
    // What waits for its key's turn comes after what has one.
    do {
        leases.clear();
        for (const auto& [queue, stats] : store.stats().queues) {
            const ClaimRequest request{session->id(), {{queue, 1000}}, {"a", "b"}, 10min};
            for (const auto& lease : store.claim(request))
                leases.push_back(lease.ref);
        }
        settle_all(store, leases, JobState::completed);
    } while (!leases.empty());
    NewJob job;
    job.id = script_job_id(99'999'999);
    job.type = "a";
    job.unique_key = "key-0";
    expect(store.insert({&job, 1}).at(0).kind == InsertResult::Kind::inserted,
           "a key is held by a job that ended");
    expect(store.cancel({&job.id, 1}).at(0) == ControlResult::done,
           "a new job cannot be cancelled");
    session->retire();
    for (const auto& [state, count] : store.stats().states)
        expect(is_end(state) || count == 0, "some jobs cannot be brought to an end");
}

}  // namespace

Recovered recover(const std::string& path) {
    Recovered found;
    try {
        Run run{"sqlite:" + path};
        run.clock().advance(std::chrono::days{30});
        run.open();
        found.state = dump_tables(path);
        expect_intact(path);
        expect_sound(run.store());
        finish_all(run.store());
        expect_sound(run.store());
        run.close();
        expect_intact(path);
    } catch (const std::exception& error) {
        found.problem = error.what();
    }
    return found;
}

}  // namespace errand::test
