#pragma once

#include "core/event_filter.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/wake_file.hpp"

#include <errand/event.hpp>

#include <cstdint>
#include <optional>

namespace errand::sqlite {

/// Records events within write transactions. Used by the one who writes.
///
/// Whether anybody wants them is known from memory: a change of the subscriptions bumps
/// WakeChannel::events before its commit, while it has the file to itself, so a transaction that
/// begins after it finds another generation and reads them again. Otherwise a transaction pays for
/// one look at a number.
class EventLog {
public:
    /// `wake` null: of a single transaction, begun already.
    explicit EventLog(Connection& writer, WakeFile* wake) : writer_(writer), wake_(wake) {}

    // What the group commit calls.
    void begin() noexcept;
    void before_commit();  ///< keeps the events within their bound
    void committed() noexcept;

    /// Might somebody want an event of this kind (of this job)? Asked before one is put together.
    [[nodiscard]] bool wanted(EventKind kind) {
        return anybody() && interest_.may_want(core::bit_of(kind));
    }
    [[nodiscard]] bool wanted(EventKind kind, const JobId& job) {
        return wanted(kind) && interest_.may_want(core::bit_of(kind), job);
    }
    [[nodiscard]] bool may_want(core::EventKinds kinds, const JobId& job) {
        return anybody() && interest_.may_want(kinds, job);
    }
    [[nodiscard]] bool anybody() {
        if (stale_) refresh();
        return !interest_.empty();
    }
    /// Records the event, with the next seq, if somebody wants it.
    void note(const Event& event, Timestamp now);

    /// To be called within the transaction that has changed the subscriptions.
    void subscriptions_changed();

private:
    void refresh();

    Connection& writer_;
    WakeFile* wake_;
    core::EventInterest interest_;
    std::int64_t version_ = -1;  ///< of the subscriptions in interest_; -1: none was read
    std::optional<std::uint32_t> seen_;
    bool stale_ = true;
    bool open_ = false;  ///< a transaction has begun and did not commit
    std::uint64_t noted_ = 0;
    bool changed_ = false;
};

}  // namespace errand::sqlite
