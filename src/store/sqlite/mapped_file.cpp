#include "store/sqlite/mapped_file.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace errand::sqlite {

namespace {

[[noreturn]] void fail(const std::string& path, const char* doing, int error) {
    throw Error(ErrorCode::store_unavailable,
                fmt::format("{}: {} failed: {}; check the folder's permissions and free space",
                            path, doing, std::strerror(error)));
}

}  // namespace

MappedFile::MappedFile(const std::string& path, std::size_t bytes) : size_(bytes) {
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd_ < 0) fail(path, "opening", errno);
    if (const int error = ::posix_fallocate(fd_, 0, static_cast<off_t>(bytes)); error != 0) {
        ::close(fd_);
        fail(path, "allocating", error);
    }
    void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (address == MAP_FAILED) {
        const int error = errno;
        ::close(fd_);
        fail(path, "mapping", error);
    }
    // In a forked process the mapping would hold the file's lock after this process has died.
    ::madvise(address, bytes, MADV_DONTFORK);
    data_ = static_cast<std::byte*>(address);
}

MappedFile::~MappedFile() {
    ::munmap(data_, size_);
    ::close(fd_);
}

}  // namespace errand::sqlite
