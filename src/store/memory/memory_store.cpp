#include "store/memory/memory_store.hpp"

#include "core/event_data.hpp"

namespace errand::memory {

/// A worker's membership; destroyed without retire() it reports the worker's death at once.
class MemoryStore::Session final : public WorkerSession {
public:
    Session(MemoryStore& store, WorkerId id) : store_(store), id_(id) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() override {
        if (!retired_) leave(true);
    }

    [[nodiscard]] WorkerId id() const noexcept override { return id_; }

    // The job itself has room for its mark, so the slot is not needed here.
    void mark(std::uint32_t, const LeaseRef& lease, RunMark mark) noexcept override {
        const std::lock_guard lock{store_.mutex_};
        store_.mark(lease, mark);
    }

    void retire() override {
        if (!retired_) leave(false);
        retired_ = true;
    }

private:
    void leave(bool died) {
        const std::lock_guard lock{store_.mutex_};
        store_.leave(id_, died);
    }

    MemoryStore& store_;
    WorkerId id_;
    bool retired_ = false;
};

MemoryStore::MemoryStore(const StoreOptions& options)
    : sizes_(options.limits), clock_(options.clock ? *options.clock : system_clock()) {}

std::unique_ptr<WorkerSession> MemoryStore::join(const WorkerInfo& info) {
    const std::lock_guard lock{mutex_};
    auto session = std::make_unique<Session>(*this, workers_.join(info, now()));
    tell_of_worker(EventKind::worker_joined, info);
    return session;
}

std::uint32_t MemoryStore::generation(WakeChannel channel) noexcept {
    return wake_board_.generation(channel);
}

std::uint32_t MemoryStore::wait(WakeChannel channel, std::uint32_t seen, Duration timeout) {
    return wake_board_.wait(channel, seen, timeout);
}

void MemoryStore::wake(WakeChannel channel) noexcept {
    wake_board_.wake(channel);
}

void MemoryStore::move(Record& record, JobState to) {
    const Turn turn = turn_in(to, record);
    const bool over = record.turn == Turn::held && turn != Turn::held;
    if (to != JobState::scheduled) record.job.awaits_signal.clear();
    jobs_.move(record, to, turn);
    const bool began = to == JobState::active && record.job.unique.hold == UniqueFor::waiting;
    if (began || is_end(to)) release_unique_key(record);
    wake_for(record);
    if (record.membership && is_end(to)) note_node_end(record);
    if (over) admit_next(record.job.queue, record.job.key);
}

void MemoryStore::wake_for(const Record& changed) noexcept {
    if (may_be_claimed(changed)) wake(WakeChannel::work);
    if (is_waiting(changed.job.state)) wake(WakeChannel::schedule);
    if (is_end(changed.job.state)) wake(WakeChannel::ended);
}

Record* MemoryStore::leased(const LeaseRef& lease) {
    Record* const record = jobs_.find(lease);
    const bool valid =
        record && record->job.state == JobState::active && record->job.lease_seq == lease.lease_seq;
    return valid ? record : nullptr;
}

void MemoryStore::mark(const LeaseRef& lease, RunMark mark) {
    if (Record* const record = leased(lease)) record->mark = mark;
}

void MemoryStore::tell_of_worker(EventKind kind, const WorkerInfo& worker) {
    if (events_.wanted(kind)) events_.note(core::worker_event(kind, worker), now());
}

void MemoryStore::leave(WorkerId worker, bool died) {
    tell_of_worker(died ? EventKind::worker_died : EventKind::worker_left,
                   workers_.get(worker).info);
    if (died) {
        std::vector<Record*> orphans;
        for (Record* const record : jobs_.leases()) {
            if (record->holder == worker) orphans.push_back(record);
        }
        for (Record* const orphan : orphans)
            jobs_.set_lease_until(*orphan, Timestamp::min());
    }
    workers_.leave(worker);
}

}  // namespace errand::memory
