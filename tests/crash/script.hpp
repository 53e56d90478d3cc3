#pragma once

#include "support/manual_clock.hpp"

#include <errand/store/store.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace errand::test {

/// A store under a script, which may be closed and opened again on the way. Ids and times follow
/// from the script alone, so that two runs of it leave equal stores.
class Run {
public:
    explicit Run(std::string url) : url_(std::move(url)) {}

    void open();
    void close();
    [[nodiscard]] Store& store() { return *store_; }
    [[nodiscard]] bool is_open() const noexcept { return store_ != nullptr; }
    [[nodiscard]] ManualClock& clock() noexcept { return clock_; }

    void join();
    void claim(const std::string& queue, std::uint32_t max);
    /// The leases of `queue` in the order of insertion.
    [[nodiscard]] std::vector<LeaseRef> leases(const std::string& queue);
    /// All jobs of a queue in a state, in the order of insertion.
    [[nodiscard]] std::vector<JobId> jobs(const std::string& queue, JobState state);
    [[nodiscard]] WorkerId worker() const noexcept { return WorkerId{workers_}; }
    /// The store has had this many workers: a join that failed may have been recorded.
    void note_workers(std::int64_t count) { workers_ = count; }

private:
    std::string url_;
    ManualClock clock_;
    std::shared_ptr<Store> store_;
    std::unique_ptr<WorkerSession> session_;
    std::int64_t workers_ = 0;
    std::map<JobId, std::int64_t> rows_;  // of leases, as the claims gave them
};

/// One call of the store: it happens whole or not at all, and may be made again when it did not
/// happen.
struct Step {
    std::string name;
    std::function<void(Run&)> call;
    Duration wait{};  ///< time passes before it
};

/// Throws std::logic_error. Steps use it for what they rely on.
void require(bool condition, const std::string& what);

/// A script that opens a store and then takes jobs through every call, `rounds` times; jobs of each
/// round have ids of their own. `scale` multiplies the sizes of the batches.
[[nodiscard]] std::vector<Step> every_call(int rounds, std::uint32_t scale);

[[nodiscard]] WorkerInfo worker_named(std::string name);
/// The settlement that brings a lease to `to` in a plain way.
[[nodiscard]] Settlement plain_settlement(const LeaseRef& lease, JobState to);

/// The id of job `number`; no two scripts' jobs are in one store.
[[nodiscard]] JobId script_job_id(std::uint32_t number);

}  // namespace errand::test
