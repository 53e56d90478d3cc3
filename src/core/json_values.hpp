#pragma once

#include "core/json_object.hpp"

#include <errand/time.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The values of a document's members. Each throws Error (invalid_argument) that says what the
// member must be; the caller puts its name before it.

namespace errand::core {

/// `example` is shown to who wrote something else.
[[nodiscard]] std::string text_of(const JsonMember& member, std::string_view example);
[[nodiscard]] Duration duration_of(const JsonMember& member, std::string_view example);
[[nodiscard]] Timestamp time_of(const JsonMember& member);
[[nodiscard]] bool bool_of(const JsonMember& member);
[[nodiscard]] std::int32_t int32_of(const JsonMember& member);
[[nodiscard]] std::uint32_t uint32_of(const JsonMember& member);
/// `expected` is what the whole must be: "a list of texts".
[[nodiscard]] std::vector<std::string> texts_of(const JsonMember& member,
                                                std::string_view expected);

/// For a member that nobody knows: throws with the nearest of the `known` ones, or all of them.
[[noreturn]] void refuse_unknown(std::string_view name, std::span<const std::string_view> known);
/// Throws so unless the member is one of the `known` ones.
void require_known(std::string_view name, std::span<const std::string_view> known);

}  // namespace errand::core
