#pragma once

#include <errand/job_id.hpp>
#include <errand/store/events.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace errand::sim {

/// What a subscriber of everything about jobs and workflows must be told: each change once, those
/// of one job or workflow in their order.
class EventRule {
public:
    /// From now on.
    void subscribe() { is_on_ = true; }
    [[nodiscard]] bool is_on() const noexcept { return is_on_; }
    void happened(const JobId& subject, EventKind kind) {
        if (is_on_) awaited_[subject].push_back(kind);
    }
    /// What is wrong with what he was told; empty: nothing. A page may come again until it is
    /// acknowledged.
    [[nodiscard]] std::string read(const EventPage& page);
    void acknowledged(std::uint64_t seq) { acknowledged_ = std::max(acknowledged_, seq); }
    /// What he was not told of yet; empty: nothing.
    [[nodiscard]] std::string untold() const;
    [[nodiscard]] std::uint64_t told() const noexcept { return told_; }

private:
    [[nodiscard]] std::string tell(const Event& event);

    bool is_on_ = false;
    std::map<JobId, std::deque<EventKind>> awaited_;
    std::uint64_t last_seq_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t told_ = 0;
};

}  // namespace errand::sim
