#pragma once

#include <string>
#include <string_view>

namespace errand::handlers {

/// Somebody's name, which may be empty and has no control characters, and address.
struct MailAddress {
    std::string name;
    std::string address;

    /// Reads "ada@example.org" or "Ada Lovelace <ada@example.org>". Throws Error
    /// (invalid_argument) for anything else, for control characters, which could add headers or
    /// commands, and for addresses that are not ASCII.
    [[nodiscard]] static MailAddress parse(std::string_view text);

    /// What stands behind the '@'.
    [[nodiscard]] std::string_view domain() const;

    friend bool operator==(const MailAddress&, const MailAddress&) = default;
};

/// Whether `text` has a character that ends a line or is not meant to be seen.
[[nodiscard]] bool has_control_characters(std::string_view text) noexcept;

}  // namespace errand::handlers
