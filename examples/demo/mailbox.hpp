#pragma once

#include "demo/smtp_session.hpp"

#include <filesystem>
#include <string>

namespace demo {

/// A folder with a file per mail, named after its Message-ID: one that comes twice is kept once.
class Mailbox {
public:
    explicit Mailbox(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Stores the mail and says on stdout what came. Throws std::runtime_error when it cannot.
    void keep(const ReceivedMail& mail);

private:
    std::filesystem::path folder_;
    std::size_t unnamed_ = 0;
};

/// The value of the first header of this name, without the space around it; empty: there is none.
[[nodiscard]] std::string header_of(const std::string& message, const std::string& name);

}  // namespace demo
