#pragma once

#include "base/bounded_log.hpp"
#include "engine/handler_registry.hpp"
#include "engine/stop_notifier.hpp"
#include "engine/store_membership.hpp"

#include <errand/context.hpp>
#include <errand/store/store.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace errand::engine {

struct QueueLine;

/// How far a held lease is. Each step is taken by exactly one thread, by Execution::advance().
enum class Phase : std::uint8_t {
    free,       ///< the slot holds no lease
    queued,     ///< prefetched; its handler has not begun
    running,    ///< its handler is running
    finished,   ///< decided; the settler has it or will get it
    abandoned,  ///< decided by a stop while the handler runs on; the slot is not used again
};

/// What executions share.
struct ExecutionServices {
    Store& store;
    const Clock& clock;
    StopNotifier& stop_notifier;
    const Limits& limits;
};

/// What the claimer knows about a lease besides the lease.
struct Admission {
    Timestamp claimed_at{};          ///< engine clock, before the claim
    std::uint32_t control_seen = 0;  ///< generation of WakeChannel::control, before the claim
};

/// One slot of the in-flight table: the lease in it, and the Context that its handler sees. Slots
/// are used again; `generation` tells the leases of a slot apart. Thread rule: begin_lease() and
/// end_lease() happen under the table's lock, advance() decides who may touch the settlement.
class Execution final : public Context {
public:
    Execution(std::uint32_t slot, const ExecutionServices& services);

    void begin_lease(Lease&& lease, QueueLine& line, const Handler& handler,
                     const Admission& admission);
    /// The slot is free again; tickets for the old generation are void.
    void end_lease();

    [[nodiscard]] std::uint64_t generation() const noexcept { return word_.load() >> phase_bits; }
    [[nodiscard]] Phase phase() const noexcept {
        return static_cast<Phase>(word_.load(std::memory_order_acquire) & phase_mask);
    }
    /// Takes the lease of `generation` from one phase to another; false: somebody else was first.
    [[nodiscard]] bool advance(std::uint64_t generation, Phase from, Phase to) noexcept;

    [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }
    [[nodiscard]] const Lease& lease() const noexcept { return lease_; }
    [[nodiscard]] const Handler& handler() const noexcept { return *handler_; }
    [[nodiscard]] QueueLine& line() const noexcept { return *line_; }

    /// Starts the time-out, if there is one; by the thread that runs the handler.
    void start_deadline();
    [[nodiscard]] bool past_deadline(Timestamp now) const noexcept;
    /// Asks the handler to stop; only the first reason counts. Runs no user code.
    void request_stop(StopReason reason);
    /// Unsaved progress, if any; after a failed save, keep_progress() makes it unsaved again.
    [[nodiscard]] std::optional<Progress> take_progress();
    void keep_progress();
    /// The log so far when it has grown since the last call; keep_log() as above.
    [[nodiscard]] std::optional<std::string> take_log();
    void keep_log();
    /// Adds what was logged to the settlement, the last of it also to its error.
    void attach_log(Settlement& settlement);

    Settlement settlement;               ///< of the thread that took it to finished or abandoned
    Execution* next_finished = nullptr;  ///< link of FinishedList
    // The lease keeper's notes, under the table's lock.
    Timestamp extended_at{};
    Timestamp seen_at{};
    Timestamp log_saved_at{};
    Timestamp queued_at{};
    std::uint32_t control_seen = 0;
    bool lost = false;
    bool stuck = false;

    // Context
    [[nodiscard]] const JobId& id() const noexcept override { return lease_.ref.id; }
    [[nodiscard]] std::string_view type() const noexcept override { return lease_.type; }
    [[nodiscard]] std::string_view queue() const noexcept override { return lease_.queue; }
    [[nodiscard]] std::string_view args() const noexcept override { return lease_.args; }
    [[nodiscard]] std::string_view meta() const noexcept override { return lease_.meta; }
    [[nodiscard]] std::uint32_t attempt() const noexcept override { return lease_.attempt; }
    [[nodiscard]] std::uint32_t max_attempts() const noexcept override {
        return lease_.max_attempts;
    }
    [[nodiscard]] std::uint64_t lease_seq() const noexcept override { return lease_.ref.lease_seq; }
    [[nodiscard]] std::optional<Timestamp> deadline() const noexcept override;
    [[nodiscard]] bool stop_requested() const noexcept override {
        return stop_reason() != StopReason::none;
    }
    [[nodiscard]] StopReason stop_reason() const noexcept override { return reason_.load(); }
    [[nodiscard]] std::stop_token stop_token() const noexcept override;
    void progress(std::uint64_t current, std::uint64_t total, std::string_view message) override;
    void log(std::string_view line) override;
    std::string once(std::string_view key, const std::function<std::string()>& effect) override;
    [[nodiscard]] std::optional<std::string> find_effect(std::string_view key) override;
    void replace_effect(std::string_view key, std::string_view json) override;
    [[nodiscard]] Timestamp store_time() override { return services_.store.now(); }

private:
    /// Throws Error: invalid_argument, limit_exceeded, lease_lost.
    void keep_effect(std::string_view key, std::string_view json, EffectWrite write);
    [[nodiscard]] Membership* membership() override;

    static constexpr unsigned phase_bits = 8;
    static constexpr std::uint64_t phase_mask = (1U << phase_bits) - 1;
    static constexpr Timestamp no_deadline = Timestamp::max();

    const std::uint32_t slot_;
    const ExecutionServices& services_;
    std::atomic<std::uint64_t> word_{0};  ///< generation and phase
    Lease lease_;
    QueueLine* line_ = nullptr;
    const Handler* handler_ = nullptr;
    std::atomic<Timestamp> deadline_{no_deadline};
    std::atomic<StopReason> reason_{StopReason::none};

    // Said by the handler. The lock is never held while user code runs.
    std::atomic<bool> unsaved_{false};       ///< progress or log; looked at before taking the lock
    mutable std::atomic<bool> used_{false};  ///< anything below differs from a fresh slot
    mutable std::mutex mutex_;
    mutable std::optional<std::stop_source> stop_source_;
    Progress progress_;
    bool progress_unsaved_ = false;
    std::optional<base::BoundedLog> log_;
    bool log_unsaved_ = false;
    std::optional<StoreMembership> membership_;
};

/// A place in a queue's line for one lease.
struct Ticket {
    Execution* execution = nullptr;
    std::uint64_t generation = 0;
};

}  // namespace errand::engine
