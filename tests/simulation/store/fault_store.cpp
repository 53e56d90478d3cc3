#include "simulation/store/fault_store.hpp"

#include <errand/error.hpp>

#include <algorithm>
#include <utility>

namespace errand::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t looks_kept = 16;

[[noreturn]] void be_away(const char* why) {
    throw Error(ErrorCode::store_unavailable, why);
}

/// A dead process marks nothing, and says no good-bye.
class HostSession final : public test::ForwardingSession {
public:
    HostSession(std::unique_ptr<WorkerSession> inner, World& world, Host& host)
        : test::ForwardingSession(std::move(inner)), world_(world), host_(host) {}

    void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept override {
        if (!host_.killed) test::ForwardingSession::mark(slot, lease, mark);
    }
    void retire() override {
        if (world_.store_is_away()) be_away("the simulated store is away");
        test::ForwardingSession::retire();
    }

private:
    World& world_;
    Host& host_;
};

}  // namespace

bool FaultStore::is_cut_off() const {
    return host_ != nullptr && host_->cut_off_until > world_.scheduler.now();
}

void FaultStore::die() {
    host_->killed = true;
    throw ProcessDied{};
}

/// Somebody holds the store. The caller waits as long as stores do.
void FaultStore::wait_for_others() {
    auto& chance = world_.chance;
    if (chance.hit(0.9)) return world_.scheduler.sleep(chance.between(1ms, 20ms));
    world_.scheduler.sleep(200ms);
    be_away("another process held the simulated store for too long");
}

/// A partition lets some calls fail at once and others run into their deadline.
void FaultStore::expect_reachable() {
    auto& scheduler = world_.scheduler;
    const bool away = world_.store_is_away();
    if (!away && !is_cut_off()) return;
    if (is_cut_off() && world_.chance.hit(0.5)) {
        const auto deadline = scheduler.now() + lease_length;
        scheduler.sleep_until(std::min(deadline, host_->cut_off_until));
        if (!is_cut_off() && !world_.store_is_away()) return;
    }
    be_away("the simulated store cannot be reached");
}

void FaultStore::before_call(Kind kind) {
    auto& scheduler = world_.scheduler;
    auto& chance = world_.chance;
    scheduler.check_alive();
    const bool hangs = hit(Fault::hang);
    scheduler.sleep(hangs ? chance.between(0us, lease_length * 2)
                          : chance.between(1us, world_.faults.longest_call()));
    if (host_ != nullptr && hit(Fault::crash_before)) die();
    expect_reachable();
    if (hit(Fault::refused)) be_away("the simulated store refused");
    if (kind == Kind::write && hit(Fault::busy)) wait_for_others();
    if (kind == Kind::write && world_.disk_full_until > scheduler.now()) {
        be_away("the disk of the simulated store is full");
    }
}

void FaultStore::after_call() {
    auto& chance = world_.chance;
    if (host_ != nullptr && hit(Fault::crash_after)) die();
    const auto cuts = world_.power_cuts;
    world_.scheduler.sleep(chance.between(1us, world_.faults.longest_call()));
    const bool unheard = cuts != world_.power_cuts || world_.store_is_away() || is_cut_off();
    if (unheard || hit(Fault::lost_answer)) be_away("the simulated store's answer was lost");
}

template <class F>
std::invoke_result_t<F&> FaultStore::call(Kind kind, F apply) {
    before_call(kind);
    auto answer = apply();
    after_call();
    return answer;
}

Timestamp FaultStore::now() {
    if (world_.store_is_away() || is_cut_off()) be_away("the simulated store cannot be reached");
    return test::ForwardingStore::now();
}

std::vector<InsertResult> FaultStore::insert(std::span<const NewJob> jobs) {
    return call(Kind::write, [&] { return test::ForwardingStore::insert(jobs); });
}

/// Processes join from outside of any task, so this takes no time.
std::unique_ptr<WorkerSession> FaultStore::join(const WorkerInfo& info) {
    if (world_.store_is_away() || is_cut_off()) be_away("the simulated store cannot be reached");
    return std::make_unique<HostSession>(test::ForwardingStore::join(info), world_, *host_);
}

std::vector<Lease> FaultStore::claim(const ClaimRequest& request) {
    bool claimed = false;
    try {
        return call(Kind::write, [&] {
            auto leases = test::ForwardingStore::claim(request);
            claimed = !leases.empty();
            return leases;
        });
    } catch (const Error&) {
        if (claimed) world_.oracle.met(Situation::claim_unheard);
        throw;
    }
}

std::vector<SettleResult> FaultStore::settle(std::span<const Settlement> items) {
    return call(Kind::write, [&] { return test::ForwardingStore::settle(items); });
}

std::vector<HeartbeatResult> FaultStore::heartbeat(std::span<const Heartbeat> items) {
    return call(Kind::write, [&] { return test::ForwardingStore::heartbeat(items); });
}

std::vector<TakenLease> FaultStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                      Duration lease) {
    return call(Kind::write,
                [&] { return test::ForwardingStore::take_over_expired(worker, max, lease); });
}

Promotion FaultStore::promote_due(std::uint32_t max) {
    return call(Kind::write, [&] { return test::ForwardingStore::promote_due(max); });
}

std::optional<std::string> FaultStore::find_effect(const JobId& id, std::string_view key) {
    return call(Kind::read, [&] { return test::ForwardingStore::find_effect(id, key); });
}

bool FaultStore::record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                               EffectWrite write) {
    return call(Kind::write,
                [&] { return test::ForwardingStore::record_effect(lease, key, value, write); });
}

std::optional<Job> FaultStore::find(const JobId& id) {
    if (hit(Fault::stale_looks)) {
        const auto old = std::ranges::find(looks_, id, &Job::id);
        if (old != looks_.end()) return *old;
    }
    auto job = call(Kind::read, [&] { return test::ForwardingStore::find(id); });
    if (job && world_.faults.active(Fault::stale_looks)) {
        looks_.push_back(*job);
        if (looks_.size() > looks_kept) looks_.pop_front();
    }
    return job;
}

std::vector<ControlResult> FaultStore::cancel(std::span<const JobId> ids) {
    return call(Kind::write, [&] { return test::ForwardingStore::cancel(ids); });
}

std::vector<ControlResult> FaultStore::retry(std::span<const JobId> ids) {
    return call(Kind::write, [&] { return test::ForwardingStore::retry(ids); });
}

std::vector<ControlResult> FaultStore::remove(std::span<const JobId> ids) {
    return call(Kind::write, [&] { return test::ForwardingStore::remove(ids); });
}

std::vector<LimitView> FaultStore::limits() {
    return call(Kind::read, [&] { return test::ForwardingStore::limits(); });
}

void FaultStore::set_paused(const Scope& scope, bool paused, std::string_view by) {
    static_cast<void>(call(Kind::write, [&] {
        test::ForwardingStore::set_paused(scope, paused, by);
        return true;
    }));
}

void FaultStore::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    static_cast<void>(call(Kind::write, [&] {
        test::ForwardingStore::set_queue_settings(queue, settings);
        return true;
    }));
}

void FaultStore::set_limit(const Limit& limit) {
    static_cast<void>(call(Kind::write, [&] {
        test::ForwardingStore::set_limit(limit);
        return true;
    }));
}

std::uint32_t FaultStore::unblock_key(std::string_view queue, std::string_view key) {
    return call(Kind::write, [&] { return test::ForwardingStore::unblock_key(queue, key); });
}

std::uint32_t FaultStore::prune(const Retention& retention, std::uint32_t max) {
    return call(Kind::write, [&] { return test::ForwardingStore::prune(retention, max); });
}

ScheduleChange FaultStore::put_schedule(const ScheduleDefinition& definition, std::string_view by) {
    return call(Kind::write, [&] { return test::ForwardingStore::put_schedule(definition, by); });
}

bool FaultStore::remove_schedule(std::string_view name) {
    return call(Kind::write, [&] { return test::ForwardingStore::remove_schedule(name); });
}

void FaultStore::set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) {
    static_cast<void>(call(Kind::write, [&] {
        test::ForwardingStore::set_schedule_state(name, to, by);
        return true;
    }));
}

std::vector<FireResult> FaultStore::fire(std::span<const FireRequest> requests) {
    return call(Kind::write, [&] { return test::ForwardingStore::fire(requests); });
}

bool FaultStore::insert_workflow(const NewWorkflow& workflow) {
    return call(Kind::write, [&] { return test::ForwardingStore::insert_workflow(workflow); });
}

std::optional<std::vector<AddResult>> FaultStore::extend_workflow(
    const LeaseRef& lease, std::span<const WorkflowJob> jobs) {
    return call(Kind::write, [&] { return test::ForwardingStore::extend_workflow(lease, jobs); });
}

std::optional<WorkflowView> FaultStore::find_workflow(const WorkflowId& id) {
    return call(Kind::read, [&] { return test::ForwardingStore::find_workflow(id); });
}

std::vector<ParentResult> FaultStore::parent_results(const JobId& job) {
    return call(Kind::read, [&] { return test::ForwardingStore::parent_results(job); });
}

ControlResult FaultStore::cancel_workflow(const WorkflowId& id) {
    return call(Kind::write, [&] { return test::ForwardingStore::cancel_workflow(id); });
}

ControlResult FaultStore::retry_workflow(const WorkflowId& id, std::uint64_t& retried) {
    return call(Kind::write, [&] { return test::ForwardingStore::retry_workflow(id, retried); });
}

void FaultStore::put_subscription(const Subscription& subscription) {
    static_cast<void>(call(Kind::write, [&] {
        test::ForwardingStore::put_subscription(subscription);
        return true;
    }));
}

std::optional<EventPage> FaultStore::read_events(std::string_view name, std::uint32_t max) {
    return call(Kind::read, [&] { return test::ForwardingStore::read_events(name, max); });
}

/// A reader of this store lives on its machine, so none says after a power cut what it read before.
bool FaultStore::acknowledge_events(std::string_view name, std::uint64_t seq) {
    const auto cuts = world_.power_cuts;
    return call(Kind::write, [&] {
        if (cuts != world_.power_cuts) be_away("the machine of the simulated store went down");
        return test::ForwardingStore::acknowledge_events(name, seq);
    });
}

SignalResult FaultStore::signal(const JobId& id, std::string_view name, std::string_view value) {
    return call(Kind::write, [&] { return test::ForwardingStore::signal(id, name, value); });
}

}  // namespace errand::sim
