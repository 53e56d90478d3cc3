#include "simulation/oracle/event_rule.hpp"

#include <fmt/format.h>

namespace errand::sim {

std::string EventRule::read(const EventPage& page) {
    if (page.missed != 0)
        return fmt::format("{} events are gone, and few had gathered", page.missed);
    std::uint64_t before = acknowledged_;
    for (const auto& event : page.events) {
        if (event.seq <= before) {
            return fmt::format("event {} came after {}, or after it was acknowledged", event.seq,
                               before);
        }
        before = event.seq;
        if (event.seq <= last_seq_) continue;  // the page comes again
        last_seq_ = event.seq;
        if (auto wrong = tell(event); !wrong.empty()) return wrong;
    }
    if (page.up_to < before) return "a page ends before its last event";
    return {};
}

std::string EventRule::tell(const Event& event) {
    const auto subject = JobId::parse(event.subject);
    const auto found = subject ? awaited_.find(*subject) : awaited_.end();
    if (found == awaited_.end()) {
        return fmt::format("{} of {} is told, and did not happen, or was told before",
                           to_string(event.kind), event.subject);
    }
    auto& next = found->second;
    if (next.front() != event.kind) {
        return fmt::format("{} of {} is told, and {} came first", to_string(event.kind),
                           event.subject, to_string(next.front()));
    }
    next.pop_front();
    if (next.empty()) awaited_.erase(found);
    ++told_;
    return {};
}

std::string EventRule::untold() const {
    if (awaited_.empty()) return {};
    const auto& [subject, kinds] = *awaited_.begin();
    return fmt::format("{} of {} was not told, and of {} others neither", to_string(kinds.front()),
                       to_string(subject), awaited_.size() - 1);
}

}  // namespace errand::sim
