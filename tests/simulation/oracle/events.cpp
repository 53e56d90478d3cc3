#include "simulation/oracle/oracle.hpp"

// What a subscriber is told: I12. Each change once, after it was committed, and nothing else.

namespace errand::sim {

void Oracle::events_read(const std::optional<EventPage>& page) {
    if (!page) violated("I12: a subscription is gone that nobody removed");
    const auto before = events_told_.told();
    if (const auto wrong = events_told_.read(*page); !wrong.empty()) violated("I12: " + wrong);
    situations_.met(Situation::event_told, events_told_.told() - before);
}

void Oracle::expect_all_told() {
    if (const auto untold = events_told_.untold(); !untold.empty()) violated("I12: " + untold);
}

}  // namespace errand::sim
