#pragma once

#include "handlers/http_transfer.hpp"

#include <errand/outcome.hpp>

#include <cstddef>
#include <string>
#include <string_view>

// What the handlers that send requests share: how an exchange is told of.

namespace errand::handlers {

inline constexpr std::size_t shown_refusal_bytes = 2U << 10;  ///< of a refusing answer's body

/// "HTTP 404: no such customer", for an answer that is no success.
[[nodiscard]] std::string describe_refusal(const HttpAnswer& answer);

/// What becomes of a job whose request got no answer; `answer.end` is not `answered`. `origin` is
/// what messages call the other side, `timeout` how long it had.
[[nodiscard]] Outcome outcome_without_answer(const HttpAnswer& answer, std::string_view origin,
                                             Duration timeout);

}  // namespace errand::handlers
