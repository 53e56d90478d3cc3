#pragma once

#include <errand/job.hpp>
#include <errand/queue_settings.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>

namespace errand::sim {

/// Where a job stands in its queue.
struct Standing {
    std::int32_t rank = 0;
    std::int64_t position = 0;
    std::uint64_t number = 0;  ///< rises with every job
};

/// Is `a` claimed before `b`?
[[nodiscard]] inline bool goes_before(const Standing& a, const Standing& b) {
    return std::tie(b.rank, a.position, a.number) < std::tie(a.rank, b.position, b.number);
}

/// Two jobs of one key take turns whatever their ranks.
[[nodiscard]] inline bool has_turn_before(const Standing& a, const Standing& b) {
    return std::tie(a.position, a.number) < std::tie(b.position, b.number);
}

/// The orders of all queues: gives jobs the places that the contract promises them.
class Places {
public:
    [[nodiscard]] const QueueSettings& of(const std::string& queue) const;
    void set(const std::string& queue, const QueueSettings& settings, Timestamp now);

    /// That of a new job which is first due at `due`.
    [[nodiscard]] Standing enter(const NewJob& job, Timestamp due);
    /// That of a job which is due at another time. What a fair queue gave it stays.
    [[nodiscard]] Standing enter_anew(const NewJob& job, const Standing& present,
                                      Timestamp due) const;
    void claimed(const std::string& queue, const Standing& standing);

private:
    /// Of a queue that is or was fair.
    struct Shares {
        std::int64_t time = 0;
        std::unordered_map<std::string, std::int64_t> next;  ///< where a key's next job would begin
    };
    [[nodiscard]] Standing standing_of(const NewJob& job, Timestamp due,
                                       std::uint64_t number) const;
    [[nodiscard]] std::int64_t fair_position(const NewJob& job, const QueueSettings& settings);

    QueueSettings usual_;
    std::map<std::string, QueueSettings> settings_;
    std::map<std::string, Shares> shares_;
    std::uint64_t number_ = 0;
};

}  // namespace errand::sim
