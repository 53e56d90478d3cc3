#pragma once

#include <errand/handlers.hpp>

#include <string>

namespace errand::cli {

class TomlSection;

/// [email]: the mail server and what may be sent through it.
struct EmailSettings {
    EmailOptions options;       ///< without the password
    std::string password_env;   ///< the environment variable that holds the password
    std::string password_file;  ///< or the file whose first line it is
    std::string place;          ///< "errand.toml:12", for messages
};

[[nodiscard]] EmailSettings read_email(TomlSection& from);

/// What the handler needs, the password included. Throws Error (invalid_argument) when it is not
/// where the settings say.
[[nodiscard]] EmailOptions email_options(const EmailSettings& settings);

/// The handler with these settings; the message of an Error begins with their place.
[[nodiscard]] Worker::RawHandler make_email_handler(const EmailSettings& settings);

}  // namespace errand::cli
