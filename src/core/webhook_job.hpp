#pragma once

#include <errand/store/events.hpp>

#include <string_view>

namespace errand::core {

/// How often a delivery is tried.
inline constexpr std::uint32_t webhook_attempts = 10;

/// The job that delivers `event` to the subscription's URL. Its id follows from the subscription
/// and the event, so that it is made once however often somebody tries.
[[nodiscard]] NewJob make_webhook_job(const Subscription& subscription, const Event& event,
                                      std::string_view source, std::string_view queue);

}  // namespace errand::core
