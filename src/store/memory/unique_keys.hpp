#pragma once

#include "store/memory/job_table.hpp"

#include <errand/store/types.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace errand::memory {

/// Who holds which unique key, and what was kept out for them. A period outlives its job, so this
/// knows jobs by seq and id alone. Not thread-safe.
class UniqueKeys {
public:
    struct Hold {
        std::uint64_t seq = 0;
        JobId id;
        std::optional<Timestamp> until{};  ///< none: until the job lets go
    };
    using JobsThere = std::function<bool(std::uint64_t seq)>;

    /// Null: the key is free, or empty.
    [[nodiscard]] const Hold* find(const std::string& key, Timestamp now) const;
    /// The key must be free.
    void hold(const std::string& key, const Hold& hold, const JobsThere& is_there);
    /// Nothing changes when the job does not hold it.
    void release(const std::string& key, std::uint64_t seq);

    /// An enqueue added nothing.
    void count(const std::string& key, const Hold& hold, Timestamp now);
    /// The job is gone: so is what was counted for it, unless it goes on holding its key.
    void forget(const std::string& key, std::uint64_t seq);
    /// Removes at most `max` holds whose time has passed, those that passed first before others.
    void forget_expired(Timestamp now, std::size_t max, const JobsThere& is_there);

    /// Those with the newest suppressions first.
    [[nodiscard]] std::vector<SuppressedView> suppressed(std::size_t max) const;
    [[nodiscard]] std::uint64_t suppressed_ever() const noexcept { return ever_; }

    /// Compares with what the jobs say. Empty: all agree; otherwise what does not.
    [[nodiscard]] std::string disagreement(const JobTable::BySeq& jobs) const;

private:
    std::map<std::string, Hold> holds_;
    std::map<std::uint64_t, SuppressedView> suppressed_;  ///< by the seq of the holder
    std::uint64_t ever_ = 0;
};

}  // namespace errand::memory
