#pragma once

#include "store/sqlite/connection.hpp"

#include <errand/store/events.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// The rows of errand_subscription and errand_event.

namespace errand::sqlite {

struct SubscriptionRow {
    SubscriptionView view;
    std::uint64_t told = 0;  ///< of view.missed
    /// It asks for kinds that are none: whatever it wanted, it is none of what there is.
    bool wants_nothing = false;
};

/// By name.
[[nodiscard]] std::vector<SubscriptionRow> read_subscriptions(Connection& connection);
[[nodiscard]] std::optional<SubscriptionRow> read_subscription(Connection& connection,
                                                               std::string_view name);

/// The seq of the newest event that was ever recorded; 0: there was none.
[[nodiscard]] std::uint64_t newest_event(Connection& connection);
/// That of the oldest one kept; one above the newest when none is.
[[nodiscard]] std::uint64_t oldest_event(Connection& connection);

/// None: of a kind that is not known.
[[nodiscard]] std::optional<Event> event_in(const Statement::Rows& rows);

}  // namespace errand::sqlite
