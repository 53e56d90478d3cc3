#pragma once

#include <string>
#include <string_view>

namespace errand::handlers {

/// The W3C trace context in a job's meta, member "traceparent"; empty when there is none of the
/// form 00-<32 hex>-<16 hex>-<2 hex> in lower case. `meta` is a JSON object or empty.
[[nodiscard]] std::string traceparent_of(std::string_view meta);

}  // namespace errand::handlers
