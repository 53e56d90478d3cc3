#pragma once

#include <cstddef>
#include <string>

namespace errand::sqlite {

/// A small file mapped into memory and shared with other processes. Its blocks are allocated before
/// it is mapped, so that a full disk is an Error here and not a SIGBUS later.
class MappedFile {
public:
    /// Opens or creates `path` with at least `bytes` bytes, zeros where new. Throws Error
    /// (store_unavailable) with the path and the reason.
    MappedFile(const std::string& path, std::size_t bytes);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    [[nodiscard]] std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] int fd() const noexcept { return fd_; }

private:
    int fd_ = -1;
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace errand::sqlite
