#include "simulation/store/power_store.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace errand::sim {

/// The store's clock, or the time of the call that is being repeated.
class PowerStore::ReplayClock final : public Clock {
public:
    explicit ReplayClock(const Clock& clock) : clock_(clock) {}
    [[nodiscard]] Timestamp now() const override { return replayed_.value_or(clock_.now()); }
    void replay(std::optional<Timestamp> at) { replayed_ = at; }

private:
    const Clock& clock_;
    std::optional<Timestamp> replayed_;
};

/// A name for a session that the machine keeps, as long as its power is on.
class PowerStore::Session final : public WorkerSession {
public:
    Session(PowerStore& store, WorkerId id) : store_(store), id_(id), cuts_(store.cuts_) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() override {
        if (is_on()) store_.leave(id_);
    }
    [[nodiscard]] WorkerId id() const noexcept override { return id_; }
    void mark(std::uint32_t slot, const LeaseRef& lease, RunMark mark) noexcept override {
        if (is_on()) store_.mark(id_, slot, lease, mark);
    }
    void retire() override {
        if (is_on()) store_.retire(id_);
    }

private:
    [[nodiscard]] bool is_on() const noexcept { return cuts_ == store_.cuts_; }

    PowerStore& store_;
    WorkerId id_;
    std::uint64_t cuts_;
};

namespace {

std::shared_ptr<Store> open_memory(const Clock& clock) {
    StoreOptions options;
    options.clock = &clock;
    return open_store("memory:", options);
}

}  // namespace

PowerStore::PowerStore(const Clock& clock, bool remembers)
    : test::ForwardingStore(nullptr),
      remembers_(remembers),
      clock_(std::make_unique<ReplayClock>(clock)) {
    replace_inner(open_memory(*clock_));
}

PowerStore::~PowerStore() {
    sessions_.clear();  // before the store that they are sessions of
}

template <class F>
auto PowerStore::apply(F call) {
    if (!remembers_) return call();
    calls_.push_back({now(), [call] { static_cast<void>(call()); }});
    try {
        return call();
    } catch (...) {
        calls_.pop_back();  // a call that fails changes nothing
        throw;
    }
}

namespace {

template <class T>
std::vector<T> kept(std::span<const T> items) {
    return {items.begin(), items.end()};
}

}  // namespace

std::vector<InsertResult> PowerStore::insert(std::span<const NewJob> jobs) {
    if (!remembers_) return inner().insert(jobs);
    return apply([this, jobs = kept(jobs)] { return inner().insert(jobs); });
}

std::unique_ptr<WorkerSession> PowerStore::join(const WorkerInfo& info) {
    const auto id = apply([this, info] {
        auto session = inner().join(info);
        const auto joined = session->id();
        sessions_.emplace(joined, std::move(session));
        return joined;
    });
    return std::make_unique<Session>(*this, id);
}

std::vector<Lease> PowerStore::claim(const ClaimRequest& request) {
    if (!remembers_) return inner().claim(request);
    return apply([this, request] { return inner().claim(request); });
}

std::vector<SettleResult> PowerStore::settle(std::span<const Settlement> items) {
    if (!remembers_) return inner().settle(items);
    return apply([this, items = kept(items)] { return inner().settle(items); });
}

std::vector<HeartbeatResult> PowerStore::heartbeat(std::span<const Heartbeat> items) {
    if (!remembers_) return inner().heartbeat(items);
    return apply([this, items = kept(items)] { return inner().heartbeat(items); });
}

std::vector<TakenLease> PowerStore::take_over_expired(WorkerId worker, std::uint32_t max,
                                                      Duration lease) {
    return apply([=, this] { return inner().take_over_expired(worker, max, lease); });
}

Promotion PowerStore::promote_due(std::uint32_t max) {
    return apply([=, this] { return inner().promote_due(max); });
}

bool PowerStore::record_effect(const LeaseRef& lease, std::string_view key, std::string_view value,
                               EffectWrite write) {
    return apply([this, lease, write, key = std::string{key}, value = std::string{value}] {
        return inner().record_effect(lease, key, value, write);
    });
}

std::vector<ControlResult> PowerStore::cancel(std::span<const JobId> ids) {
    return apply([this, ids = kept(ids)] { return inner().cancel(ids); });
}

std::vector<ControlResult> PowerStore::retry(std::span<const JobId> ids) {
    return apply([this, ids = kept(ids)] { return inner().retry(ids); });
}

std::vector<ControlResult> PowerStore::remove(std::span<const JobId> ids) {
    return apply([this, ids = kept(ids)] { return inner().remove(ids); });
}

void PowerStore::set_paused(const Scope& scope, bool paused, std::string_view by) {
    apply([this, scope, paused, by = std::string{by}] { inner().set_paused(scope, paused, by); });
}

void PowerStore::set_queue_settings(std::string_view queue, const QueueSettings& settings) {
    apply([this, queue = std::string{queue}, settings] {
        inner().set_queue_settings(queue, settings);
    });
}

void PowerStore::set_limit(const Limit& limit) {
    apply([this, limit] { inner().set_limit(limit); });
}

std::uint32_t PowerStore::unblock_key(std::string_view queue, std::string_view key) {
    return apply([this, queue = std::string{queue}, key = std::string{key}] {
        return inner().unblock_key(queue, key);
    });
}

std::uint32_t PowerStore::prune(const Retention& retention, std::uint32_t max) {
    return apply([=, this] { return inner().prune(retention, max); });
}

ScheduleChange PowerStore::put_schedule(const ScheduleDefinition& definition, std::string_view by) {
    return apply(
        [this, definition, by = std::string{by}] { return inner().put_schedule(definition, by); });
}

bool PowerStore::remove_schedule(std::string_view name) {
    return apply([this, name = std::string{name}] { return inner().remove_schedule(name); });
}

void PowerStore::set_schedule_state(std::string_view name, ScheduleState to, std::string_view by) {
    apply([this, name = std::string{name}, to, by = std::string{by}] {
        inner().set_schedule_state(name, to, by);
    });
}

std::vector<FireResult> PowerStore::fire(std::span<const FireRequest> requests) {
    if (!remembers_) return inner().fire(requests);
    return apply([this, requests = kept(requests)] { return inner().fire(requests); });
}

bool PowerStore::insert_workflow(const NewWorkflow& workflow) {
    return apply([this, workflow] { return inner().insert_workflow(workflow); });
}

std::optional<std::vector<AddResult>> PowerStore::extend_workflow(
    const LeaseRef& lease, std::span<const WorkflowJob> jobs) {
    return apply([this, lease, jobs = kept(jobs)] { return inner().extend_workflow(lease, jobs); });
}

ControlResult PowerStore::cancel_workflow(const WorkflowId& id) {
    return apply([this, id] { return inner().cancel_workflow(id); });
}

ControlResult PowerStore::retry_workflow(const WorkflowId& id, std::uint64_t& retried) {
    const auto [result, count] = apply([this, id] {
        std::uint64_t begun = 0;
        const auto answer = inner().retry_workflow(id, begun);
        return std::pair{answer, begun};
    });
    retried = count;
    return result;
}

void PowerStore::put_subscription(const Subscription& subscription) {
    apply([this, subscription] { inner().put_subscription(subscription); });
}

bool PowerStore::acknowledge_events(std::string_view name, std::uint64_t seq) {
    return apply(
        [this, name = std::string{name}, seq] { return inner().acknowledge_events(name, seq); });
}

SignalResult PowerStore::signal(const JobId& id, std::string_view name, std::string_view value) {
    return apply([this, id, name = std::string{name}, value = std::string{value}] {
        return inner().signal(id, name, value);
    });
}

void PowerStore::mark(WorkerId worker, std::uint32_t slot, const LeaseRef& lease, RunMark mark) {
    apply([=, this] { sessions_.at(worker)->mark(slot, lease, mark); });
}

void PowerStore::retire(WorkerId worker) {
    apply([=, this] { sessions_.at(worker)->retire(); });
}

void PowerStore::leave(WorkerId worker) {
    apply([=, this] { sessions_.erase(worker); });
}

void PowerStore::cut_power(bool lose_unsynced) {
    ++cuts_;
    if (lose_unsynced) rebuild();
    lose_marks();
    while (!sessions_.empty())
        leave(sessions_.begin()->first);
    sync();
}

/// The same calls at the same times give the same store.
void PowerStore::rebuild() {
    sessions_.clear();
    replace_inner(open_memory(*clock_));
    calls_.resize(synced_);
    for (const auto& call : calls_) {
        clock_->replay(call.at);
        call.repeat();
    }
    clock_->replay({});
}

void PowerStore::lose_marks() {
    const auto session =
        join({"power", "sim", 0, "", 1, 1});  // whose mark it was no longer matters
    std::string cursor;
    do {
        const auto page = list({{JobState::active}, {}, {}, {}}, 1'000, cursor);
        for (const Job& job : page.jobs)
            session->mark(0, {job.id, job.lease_seq, 0}, RunMark::unknown);
        cursor = page.next_cursor;
    } while (!cursor.empty());
}

}  // namespace errand::sim
