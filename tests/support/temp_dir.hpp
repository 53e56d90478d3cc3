#pragma once

#include <stdlib.h>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace errand::test {

/// A new empty folder that goes with this object.
class TempDir {
public:
    TempDir() {
        std::string name = (std::filesystem::temp_directory_path() / "errand-test-XXXXXX").string();
        if (!mkdtemp(name.data())) {
            throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
        }
        path_ = name;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace errand::test
