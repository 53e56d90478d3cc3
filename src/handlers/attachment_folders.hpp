#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace errand::handlers {

/// The folders whose files may be attached to mails. Immutable.
class AttachmentFolders {
public:
    /// Throws Error (invalid_argument) for a folder that is not there.
    explicit AttachmentFolders(const std::vector<std::string>& folders);

    /// The content of the regular file `path`, which lies beneath one of the folders, symbolic
    /// links followed; a relative path is looked for beneath each. What is checked is the file that
    /// is then read, so that a name changed in between gains nothing. Throws Error:
    /// invalid_argument when it lies elsewhere or is no regular file, limit_exceeded when it has
    /// more than `most_bytes`, not_found when it is not there or cannot be read.
    [[nodiscard]] std::string read(std::string_view path, std::uint64_t most_bytes) const;

private:
    std::vector<std::string> folders_;  ///< real paths
    std::vector<std::string> given_;    ///< the same as they were given, absolute
};

}  // namespace errand::handlers
