#pragma once

#include <errand/job.hpp>
#include <errand/limits.hpp>

#include <string_view>

// What a job must satisfy before a store sees it. Each check throws Error whose one-line message
// names the field, the value (shortened) and the remedy.

namespace errand::core {

/// Checks every field of `job` and normalises args: a lone object is wrapped into an array, empty
/// text becomes "[]". Throws Error (invalid_argument or limit_exceeded). The id may be nil.
void validate(NewJob& job, const Limits& limits);

void validate_type(std::string_view type);
void validate_queue(std::string_view queue);
/// A name of the same form as a queue's; `field` is what it names, for the message.
void validate_name(std::string_view field, std::string_view name);
void validate_key(std::string_view key);

/// The name of a step, a sleep or a cursor: 1 to 200 bytes without control characters. `field` is
/// what it names, for the message.
void validate_step_name(std::string_view field, std::string_view name);

/// The "source" of CloudEvents: a URI reference of 1 to 255 visible ASCII characters.
void validate_event_source(std::string_view source);

/// A signal for a job: its name is of the form of a queue's, its value is JSON of at most
/// max_signal_bytes.
void validate_signal(std::string_view name, std::string_view value);

/// Valid JSON (RFC 8259, UTF-8, nothing after it)? An empty result means yes, otherwise the reason.
[[nodiscard]] std::string json_error(std::string_view text);

}  // namespace errand::core
