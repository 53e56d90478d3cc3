#include "cli/email_settings.hpp"

#include "base/text.hpp"
#include "cli/toml_section.hpp"
#include "handlers/mail_address.hpp"
#include "handlers/smtp_server.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

namespace errand::cli {
namespace {

constexpr std::uint64_t most_attachment_bytes = 256U << 20;

SmtpTls tls_of(const std::string& text) {
    if (text == "required") return SmtpTls::required;
    if (text == "opportunistic") return SmtpTls::opportunistic;
    if (text == "off") return SmtpTls::off;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{} is unknown; valid are \"required\", \"opportunistic\" and \"off\"",
                            base::quote_for_message(text)));
}

[[noreturn]] void refuse(const EmailSettings& settings, const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, fmt::format("{}: [email] {}", settings.place, reason));
}

std::string first_line(const EmailSettings& settings) {
    std::ifstream file(settings.password_file);
    std::string line;
    if (!std::getline(file, line)) {
        refuse(settings, fmt::format("password_file: {} cannot be read; check the path and its "
                                     "permissions",
                                     settings.password_file));
    }
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::string password_of(const EmailSettings& settings) {
    if (!settings.password_file.empty()) return first_line(settings);
    if (settings.password_env.empty()) return {};
    const char* text = std::getenv(settings.password_env.c_str());
    if (text == nullptr || *text == '\0') {
        refuse(settings, fmt::format("password_env: the environment has no variable {}; set it, or "
                                     "correct the name",
                                     base::quote_for_message(settings.password_env)));
    }
    return text;
}

}  // namespace

EmailSettings read_email(TomlSection& from) {
    EmailSettings settings;
    settings.place = from.place();
    EmailOptions& options = settings.options;
    from.read("server", options.server);
    if (options.server.empty()) from.refuse("needs server = \"host:587\"");
    from.read_text("tls", "\"required\", \"opportunistic\" or \"off\"",
                   [&](const std::string& text) { options.tls = tls_of(text); });
    from.read("user", options.user);
    from.read("password_env", settings.password_env);
    from.read("password_file", settings.password_file);
    if (!settings.password_env.empty() && !settings.password_file.empty())
        from.refuse("password_file", "is not possible together with `password_env`; keep one");
    const bool has_password = !settings.password_env.empty() || !settings.password_file.empty();
    if (options.user.empty() == has_password)
        from.refuse("`user` and `password_env` or `password_file` belong together");
    from.read("ca_file", options.ca_file);
    from.read_text("from", "an address such as \"Shop <shop@example.org>\"",
                   [&](const std::string& text) {
                       static_cast<void>(handlers::MailAddress::parse(text));
                       options.from = text;
                   });
    from.read("attachments", options.attachments);
    from.read_size("attachment_limit", options.attachment_bytes);
    if (options.attachment_bytes > most_attachment_bytes)
        from.refuse("attachment_limit", "must be at most 256MiB");
    from.read("timeout", options.timeout);
    if (options.timeout < std::chrono::milliseconds{1})
        from.refuse("timeout", "must be at least 1ms");
    try {
        static_cast<void>(handlers::SmtpServer::of(options));
    } catch (const Error& error) {
        from.refuse("server", error.what());
    }
    return settings;
}

EmailOptions email_options(const EmailSettings& settings) {
    EmailOptions options = settings.options;
    options.password = password_of(settings);
    return options;
}

Worker::RawHandler make_email_handler(const EmailSettings& settings) {
    const auto options = email_options(settings);
    try {
        return email_handler(options);
    } catch (const Error& error) {
        refuse(settings, error.what());
    }
}

}  // namespace errand::cli
