#pragma once

#include "handlers/mail_address.hpp"

#include <errand/time.hpp>

#include <span>
#include <string>
#include <string_view>

// Lines of a mail's head (RFC 5322), folded, each with its CRLF. Values have no control characters.
// What is not ASCII travels as encoded words (RFC 2047).

namespace errand::handlers {

/// A field of free text, such as Subject.
[[nodiscard]] std::string text_field(std::string_view name, std::string_view value);

/// A field of addresses; empty text for none.
[[nodiscard]] std::string address_field(std::string_view name,
                                        std::span<const MailAddress> addresses);

/// `; name="value"`, for a value that is not ASCII `; name*=UTF-8''…` (RFC 2231).
[[nodiscard]] std::string mail_parameter(std::string_view name, std::string_view value);

/// "Sat, 31 Jan 2026 08:00:00 +0000"
[[nodiscard]] std::string mail_date(Timestamp time);

}  // namespace errand::handlers
