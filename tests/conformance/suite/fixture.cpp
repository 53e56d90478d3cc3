#include "conformance/suite/fixture.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <stdexcept>
#include <thread>

namespace errand::test {

std::shared_ptr<Store> StoreContract::open(const Limits& limits) {
    return GetParam().open(url_, {.limits = limits, .clock = &clock_});
}

NewJob StoreContract::job(std::string_view type, std::string_view queue) {
    NewJob job;
    job.id = new_job_id();
    job.type = type;
    job.queue = queue;
    return job;
}

JobId StoreContract::add(const NewJob& job) {
    const auto results = store_->insert({&job, 1});
    EXPECT_EQ(results.size(), 1U);
    EXPECT_EQ(results.at(0).kind, InsertResult::Kind::inserted);
    EXPECT_EQ(results.at(0).id, job.id);
    return job.id;
}

std::vector<JobId> StoreContract::add_many(std::size_t count) {
    std::vector<NewJob> jobs(count);
    std::ranges::generate(jobs, [] { return job(); });
    std::vector<JobId> ids;
    for (const InsertResult& result : store_->insert(jobs))
        ids.push_back(result.id);
    return ids;
}

std::unique_ptr<WorkerSession> StoreContract::join(std::string_view name) {
    WorkerInfo info;
    info.name = name;
    info.host = "host1";
    info.pid = 4312;
    info.queues = "default:8";
    info.slots = 8;
    info.max_leases = 256;
    return store_->join(info);
}

WorkerId StoreContract::worker() {
    if (!session_) session_ = join();
    return session_->id();
}

std::vector<Lease> StoreContract::claim(std::uint32_t max, Duration lease) {
    return store_->claim({worker(), {{"default", max}}, {"t"}, lease});
}

Lease StoreContract::claim_one(Duration lease) {
    const auto leases = claim(1, lease);
    if (leases.size() != 1) throw std::logic_error("claim_one: nothing is available");
    return leases.front();
}

Settlement StoreContract::to(const Lease& lease, JobState state, Duration delay) {
    Settlement item;
    item.lease = lease.ref;
    item.to = state;
    item.delay = delay;
    return item;
}

JobId StoreContract::add_in(JobState state) {
    const std::string type{to_string(state)};  // so that no other state's job is claimed below
    NewJob fresh = job(type, "brought");
    if (state == JobState::scheduled) fresh.delay = 1h;
    const JobId id = add(fresh);
    if (state == JobState::scheduled || state == JobState::available) return id;
    last_lease_ = store_->claim({worker(), {{"brought", 1}}, {type}, 15s}).at(0);
    EXPECT_EQ(last_lease_.ref.id, id);
    if (state != JobState::active) {
        EXPECT_EQ(settle(to(last_lease_, state, 1h)), SettleResult::ok);
    }
    return id;
}

std::vector<Lease> StoreContract::claim_brought() {
    ClaimRequest request{worker(), {{"brought", 100}}, {}, 15s};
    for (const JobState state : reachable_states)
        request.types.emplace_back(to_string(state));
    return store_->claim(request);
}

std::vector<JobId> StoreContract::blocked() {
    std::vector<JobId> ids;
    for (const Job& job : store_->list({}, 1'000, "").jobs) {
        if (!job.blocked) continue;
        EXPECT_EQ(job.state, JobState::available);
        ids.push_back(job.id);
    }
    std::ranges::reverse(ids);  // newest first becomes oldest first
    return ids;
}

void StoreContract::complete(const Lease& lease) {
    EXPECT_EQ(settle(to(lease, JobState::completed)), SettleResult::ok);
}

std::vector<JobId> StoreContract::run(std::size_t max) {
    std::vector<JobId> ids;
    while (ids.size() < max) {
        const auto leases = claim(1);
        if (leases.empty()) break;
        ids.push_back(leases[0].ref.id);
        complete(leases[0]);
    }
    return ids;
}

Job StoreContract::get(const JobId& id) {
    auto found = store_->find(id);
    if (!found) throw std::logic_error("no job " + to_string(id));
    return std::move(*found);
}

std::vector<JobId> ids_of(const std::vector<Lease>& leases) {
    std::vector<JobId> ids;
    for (const Lease& lease : leases)
        ids.push_back(lease.ref.id);
    return ids;
}

std::vector<JobId> ids_of(const std::vector<Job>& jobs) {
    std::vector<JobId> ids;
    for (const Job& job : jobs)
        ids.push_back(job.id);
    return ids;
}

void expect_wakes(Store& store, WakeChannel channel, const std::function<void()>& action) {
    const std::uint32_t seen = store.generation(channel);
    std::uint32_t woken = seen;
    {
        const std::jthread waiter{[&] {
            const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
            while (woken == seen && std::chrono::steady_clock::now() < deadline)
                woken = store.wait(channel, seen, std::chrono::seconds{20});
        }};
        action();
    }
    EXPECT_NE(woken, seen) << "no wake-up on channel " << static_cast<int>(channel);
}

void PrintTo(const StoreKind& kind, std::ostream* out) {
    *out << kind.name;
}

}  // namespace errand::test

namespace errand {

void PrintTo(const JobId& id, std::ostream* out) {
    *out << to_string(id);
}

void PrintTo(JobState state, std::ostream* out) {
    *out << to_string(state);
}

void PrintTo(SettleResult result, std::ostream* out) {
    constexpr std::array names{"ok", "recorded_cancel", "lease_lost", "already_settled"};
    *out << names.at(static_cast<std::size_t>(result));
}

void PrintTo(HeartbeatResult result, std::ostream* out) {
    constexpr std::array names{"ok", "lease_lost", "cancel_requested"};
    *out << names.at(static_cast<std::size_t>(result));
}

void PrintTo(ControlResult result, std::ostream* out) {
    constexpr std::array names{"done", "requested", "refused", "not_found"};
    *out << names.at(static_cast<std::size_t>(result));
}

}  // namespace errand
