#pragma once

#include "core/place.hpp"

#include <errand/job.hpp>
#include <errand/queue_settings.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace errand::memory {

/// The settings of queues, and what gives a job its place. Not thread-safe.
class QueueOrders {
public:
    /// The default ones where nothing was set.
    [[nodiscard]] const QueueSettings& of(std::string_view queue) const;
    void set(std::string_view queue, const QueueSettings& settings, Timestamp now);
    /// Those that differ from the default ones.
    [[nodiscard]] const std::map<std::string, QueueSettings, std::less<>>& all() const noexcept {
        return settings_;
    }

    /// The place of a new job; the next one of its key stands behind it in a fair queue.
    [[nodiscard]] core::Place place(const NewJob& job, Timestamp due, std::uint64_t seq);
    /// The place of a job that is due at another time: in a fair queue the one it has, as its key
    /// took a share of the queue for it.
    [[nodiscard]] core::Place place_anew(const Job& job, const core::Place& present, Timestamp due,
                                         std::uint64_t seq) const;
    /// A job of `queue` was claimed.
    void claimed(std::string_view queue, const core::Place& place);

private:
    static constexpr std::size_t fewest_looked_through = 1'000;

    /// What a fair queue remembers, also while it has another order.
    struct FairState {
        std::int64_t virtual_time = 0;                           ///< never goes back
        std::unordered_map<std::string, std::int64_t> finishes;  ///< of the keys' last jobs
        std::size_t look_through_at = fewest_looked_through;

        /// The position of a new job of the key.
        std::int64_t join(const std::string& key, std::uint32_t weight);
        void forget_the_idle();
    };

    const QueueSettings default_{};
    std::map<std::string, QueueSettings, std::less<>> settings_;
    std::map<std::string, FairState, std::less<>> fair_;
};

}  // namespace errand::memory
