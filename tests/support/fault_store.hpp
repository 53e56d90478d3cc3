#pragma once

#include "support/forwarding_store.hpp"

#include <errand/error.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace errand::test {

/// A real store that fails on demand. While a call is refused it throws store_unavailable without
/// reaching the store; `lose_answer` lets it reach the store and throws all the same.
class FaultStore final : public ForwardingStore {
public:
    explicit FaultStore(std::shared_ptr<Store> store) : ForwardingStore(std::move(store)) {}

    struct Fault {
        std::atomic<bool> refuse{false};
        std::atomic<bool> lose_answer{false};
        std::atomic<int> refuse_after{-1};  ///< calls; -1: never
        std::atomic<int> calls{0};
        std::atomic<int> faults{0};
    };
    Fault on_insert, on_claim, on_settle, on_heartbeat, on_take_over, on_promote, on_fire,
        on_schedules;
    /// Called with what is to be fired, before the store is; may throw.
    std::function<void(std::span<const FireRequest>)> before_fire{};
    /// While set, no wake-up is seen.
    std::atomic<bool> deaf{false};

    std::vector<InsertResult> insert(std::span<const NewJob> jobs) override {
        return call(on_insert, [&] { return inner().insert(jobs); });
    }
    std::vector<Lease> claim(const ClaimRequest& request) override {
        return call(on_claim, [&] { return inner().claim(request); });
    }
    std::vector<SettleResult> settle(std::span<const Settlement> items) override {
        return call(on_settle, [&] { return inner().settle(items); });
    }
    std::vector<HeartbeatResult> heartbeat(std::span<const Heartbeat> items) override {
        return call(on_heartbeat, [&] { return inner().heartbeat(items); });
    }
    std::vector<TakenLease> take_over_expired(WorkerId worker, std::uint32_t max,
                                              Duration lease) override {
        return call(on_take_over, [&] { return inner().take_over_expired(worker, max, lease); });
    }
    Promotion promote_due(std::uint32_t max) override {
        return call(on_promote, [&] { return inner().promote_due(max); });
    }
    std::uint32_t generation(WakeChannel channel) noexcept override {
        return deaf ? 0 : inner().generation(channel);
    }
    std::vector<ScheduleView> schedules_after(std::uint64_t version, std::uint32_t max) override {
        return call(on_schedules, [&] { return inner().schedules_after(version, max); });
    }
    std::vector<FireResult> fire(std::span<const FireRequest> requests) override {
        if (before_fire) before_fire(requests);
        return call(on_fire, [&] { return inner().fire(requests); });
    }

private:
    template <class F>
    std::invoke_result_t<F&> call(Fault& fault, F real) {
        const int made = fault.calls++;
        if (fault.refuse || (fault.refuse_after >= 0 && made >= fault.refuse_after)) fail(fault);
        auto answer = real();
        if (fault.lose_answer) fail(fault);
        return answer;
    }
    [[noreturn]] static void fail(Fault& fault) {
        ++fault.faults;
        throw Error(ErrorCode::store_unavailable, "the test took the store away");
    }
};

}  // namespace errand::test
