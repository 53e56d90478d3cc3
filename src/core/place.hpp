#pragma once

#include <errand/queue_settings.hpp>

#include <cstdint>

// Where a job stands in its queue. Pure; the stores keep the result and order by it: higher ranks
// first, then lower positions, then the order of insertion.

namespace errand::core {

struct Place {
    std::int32_t rank = 0;
    std::int64_t position = 0;
    bool operator==(const Place&) const = default;
};

/// What decides about a job's place besides the queue's settings.
struct PlaceFacts {
    std::int32_t priority = 0;
    Timestamp due{};                 ///< when it is first due
    std::int64_t number = 0;         ///< rises with every job of the store
    std::int64_t fair_position = 0;  ///< fair only: FairShare::next()
};

/// fifo: rank is the priority and position the due time; with aging all ranks are 0 and each step
/// of priority moves the position ahead by `aging` (a job of priority p enqueued d later than one
/// of priority q goes first while d < (p - q) * aging). lifo: position is -number. fair:
/// fair_position.
[[nodiscard]] Place place_of(const QueueSettings& settings, const PlaceFacts& facts) noexcept;

/// Start-time fair queueing (Goyal, Vin, Cheng 1996): a job's position is the later of the queue's
/// virtual time and the end of its key's previous job; it ends `cost / weight` later. The virtual
/// time is the position of the job that was claimed last. So keys with work are served in the
/// measure of their weights, and one that was idle saves nothing up.
struct FairShare {
    static constexpr std::int64_t cost = 1'000'000;

    std::int64_t position = 0;  ///< of the job
    std::int64_t finish = 0;    ///< what the key's next job is given as `previous_finish`

    [[nodiscard]] static FairShare next(std::int64_t virtual_time, std::int64_t previous_finish,
                                        std::uint32_t weight) noexcept;
};

/// The weight of a key.
[[nodiscard]] std::uint32_t weight_of(const QueueSettings& settings, const std::string& key);

/// Throws Error (invalid_argument) that names the field, the value and what would be right.
void validate(const QueueSettings& settings);

}  // namespace errand::core
