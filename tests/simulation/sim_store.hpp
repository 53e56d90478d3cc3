#pragma once

#include "simulation/world.hpp"

#include <errand/store/store.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace errand::sim {

/// The store as one simulated process sees it: calls take time, fail, hang, or kill the caller;
/// everything that was applied is told to the oracle. It is also where mutants live.
class SimStore final : public Store {
public:
    /// `host` is null for clients, which do not die.
    SimStore(World& world, Host* host) : world_(world), host_(host) {}

    Timestamp now() override { return world_.store->now(); }
    std::vector<InsertResult> insert(std::span<const NewJob> jobs) override;
    std::unique_ptr<WorkerSession> join(const WorkerInfo& info) override;
    std::vector<Lease> claim(const ClaimRequest& request) override;
    std::vector<SettleResult> settle(std::span<const Settlement> items) override;
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override;
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override;
    Promotion promote_due(std::uint32_t max) override;
    std::optional<std::string> find_effect(const JobId& id, std::string_view key) override;
    bool record_effect(const LeaseRef& lease, std::string_view key,
                       std::string_view value) override;
    std::uint32_t generation(WakeChannel channel) noexcept override {
        return world_.store->generation(channel);
    }
    std::uint32_t wait(WakeChannel channel, std::uint32_t, Duration) override {
        return generation(channel);  // the simulated loops wait in the scheduler
    }
    void wake(WakeChannel channel) noexcept override { world_.store->wake(channel); }

    std::optional<Job> find(const JobId& id) override { return world_.store->find(id); }
    JobPage list(const JobFilter& filter, std::uint32_t limit, std::string_view cursor) override {
        return world_.store->list(filter, limit, cursor);
    }
    std::vector<AttemptLog> logs(const JobId& id) override { return world_.store->logs(id); }
    StoreStats stats() override { return world_.store->stats(); }
    std::vector<WorkerView> workers() override { return world_.store->workers(); }
    std::map<std::string, QueueSettings> queue_settings() override {
        return world_.store->queue_settings();
    }
    std::vector<LimitView> limits() override { return world_.store->limits(); }
    std::vector<PauseView> pauses() override { return world_.store->pauses(); }
    std::vector<KeyView> blocked_keys(std::uint32_t max) override {
        return world_.store->blocked_keys(max);
    }
    std::optional<KeyView> find_key(std::string_view queue, std::string_view key) override {
        return world_.store->find_key(queue, key);
    }
    std::vector<CheckFinding> check() override { return world_.store->check(); }

    std::vector<ControlResult> cancel(std::span<const JobId> ids) override;
    std::vector<ControlResult> retry(std::span<const JobId> ids) override;
    std::vector<ControlResult> remove(std::span<const JobId> ids) override;
    using Administration::set_paused;
    void set_paused(const Scope& scope, bool paused, std::string_view by) override;
    void set_queue_settings(std::string_view queue, const QueueSettings& settings) override;
    void set_limit(const Limit& limit) override;
    std::uint32_t unblock_key(std::string_view queue, std::string_view key) override;
    std::uint32_t prune(const Retention& retention, std::uint32_t max) override;
    std::string url() const override { return world_.store->url(); }

private:
    using Generations = std::array<std::uint32_t, wake_channel_count>;

    template <class F>
    std::invoke_result_t<F&> call(F apply);
    void before_call();
    void after_call();
    [[noreturn]] void die();
    [[nodiscard]] bool broken(Mutant mutant) const { return world_.mutant == mutant; }
    [[nodiscard]] Generations generations() const;
    void tell_waiters(const Generations& before);
    [[nodiscard]] std::vector<SettleResult> record(std::span<const Settlement> items);
    [[nodiscard]] std::vector<SettleResult> settle_later(std::span<const Settlement> items);
    [[nodiscard]] Settlement spoiled(const Settlement& item);
    void steal_a_lease(const ClaimRequest& request, std::vector<Lease>& leases);
    void prune_a_living_job();

    World& world_;
    Host* host_;
    std::vector<Settlement> unsettled_;  ///< said to be recorded, and not yet (a mutant)
    std::optional<WakeChannel> hidden_;  ///< of which the present call tells nobody (mutants)
};

}  // namespace errand::sim
