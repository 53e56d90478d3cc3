#pragma once

#include "handlers/mail_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace errand::handlers {

/// A file to attach, not yet read.
struct AttachmentArgs {
    std::string path;
    std::string name;  ///< what the receiver sees
    std::string type;  ///< "application/pdf"
};

/// What a job of type errand.email asks for.
struct EmailArgs {
    MailMessage mail;  ///< without attachments; the sender may be missing: an empty address
    std::vector<MailAddress> bcc;
    std::vector<AttachmentArgs> attachments;

    /// Reads a job's args, see email_handler(). Throws Error (invalid_argument) naming the member
    /// that is wrong.
    [[nodiscard]] static EmailArgs parse(std::string_view args);

    /// The addresses of to, cc and bcc, each once.
    [[nodiscard]] std::vector<std::string> recipients() const;
};

}  // namespace errand::handlers
