#pragma once

#include "crash/shim_vfs.hpp"

#include <sqlite3.h>

#include <cstdint>

// Resources that fail at the Nth use, once or from then on, until they are told to work again.

namespace errand::test {

/// Counts uses while armed, and says which of them fail.
class FaultPoint {
public:
    /// The `nth` use from now on fails, with `lasting` all later ones too.
    void arm(std::uint64_t nth, bool lasting) {
        left_ = nth;
        lasting_ = lasting;
        fired_ = false;
        armed_ = true;
    }
    void disarm() { armed_ = false; }
    /// Whether a use failed since arm().
    [[nodiscard]] bool fired() const noexcept { return fired_; }
    /// To be asked at each use.
    [[nodiscard]] bool fails() noexcept {
        if (!armed_) return false;
        if (fired_) return lasting_;
        if (--left_ > 0) return false;
        fired_ = true;
        return true;
    }

private:
    std::uint64_t left_ = 0;
    bool lasting_ = false;
    bool fired_ = false;
    bool armed_ = false;
};

/// The disk: opening, reading, writing, syncing, sizes, shared memory, locks.
class DiskFault final : public VfsHooks {
public:
    /// `code`: SQLITE_IOERR for any operation, SQLITE_FULL for those that need room.
    explicit DiskFault(int code) : code_(code) {}
    [[nodiscard]] int before(const Operation& operation) override;
    FaultPoint point;

private:
    int code_;
};

/// SQLite's allocator. While it lives no other may be set; all connections are closed at both ends.
class SqliteMemoryFault {
public:
    SqliteMemoryFault();
    ~SqliteMemoryFault();
    SqliteMemoryFault(const SqliteMemoryFault&) = delete;
    SqliteMemoryFault& operator=(const SqliteMemoryFault&) = delete;
    static FaultPoint& point() noexcept;
};

/// This thread's operator new; this program replaces the global one for it.
[[nodiscard]] FaultPoint& new_fault() noexcept;

}  // namespace errand::test
