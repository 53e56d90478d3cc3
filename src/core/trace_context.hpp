#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The W3C trace context as it travels with a job: the member "traceparent" of its meta.

namespace errand::core {

/// Whether `text` has the form 00-<32 hex>-<16 hex>-<2 hex> in lower case.
[[nodiscard]] bool is_traceparent(std::string_view text) noexcept;

/// The traceparent of a job's meta; empty when there is none of that form. `meta` is a JSON object
/// or empty.
[[nodiscard]] std::string traceparent_of(std::string_view meta);

/// `meta` with that traceparent as its first member. `meta` is empty, or a JSON object without one;
/// what is no object comes back as it is.
[[nodiscard]] std::string with_traceparent(std::string_view meta, std::string_view traceparent);

/// The traceparent of a new span in the trace of `parent`; the span's id is made of `chance`.
[[nodiscard]] std::string child_span(std::string_view parent, std::uint64_t chance);

}  // namespace errand::core
