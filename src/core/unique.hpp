#pragma once

#include <errand/unique.hpp>

#include <string>
#include <string_view>

namespace errand::core {

/// Throws Error (invalid_argument) naming the field, the value and the remedy: a period out of
/// bounds, or a policy without a key.
void validate(const UniquePolicy& policy, std::string_view unique_key);

/// "waiting replace": how a store may keep a policy in one text. Empty: the default one.
[[nodiscard]] std::string policy_text(const UniquePolicy& policy);
/// Reads that form; what cannot be read is the default one.
[[nodiscard]] UniquePolicy read_policy(std::string_view text);

/// The holder of a key takes over what the newcomer brings, under this rule.
[[nodiscard]] constexpr bool replaces_args(OnConflict rule) noexcept {
    return rule == OnConflict::replace_args || rule == OnConflict::replace;
}
[[nodiscard]] constexpr bool reschedules(OnConflict rule) noexcept {
    return rule == OnConflict::reschedule || rule == OnConflict::replace;
}

}  // namespace errand::core
