// A library for LD_PRELOAD that makes a disk slow or bad while the processes run. The file that
// SLOW_DISK names holds three 32-bit numbers: microseconds to wait before each sync and before each
// write at a position, and one sync in how many fails with EIO (0: none). It is mapped, so that a
// change counts at once in every process.

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

struct Troubles {
    std::uint32_t sync_us;
    std::uint32_t write_us;
    std::uint32_t one_sync_fails_in;
};

const volatile Troubles* map_troubles() {
    const char* path = std::getenv("SLOW_DISK");
    if (path == nullptr) return nullptr;
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* page = ::mmap(nullptr, sizeof(Troubles), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    return page == MAP_FAILED ? nullptr : static_cast<const volatile Troubles*>(page);
}

const volatile Troubles& troubles() {
    static constexpr Troubles none{};
    static const volatile Troubles* const mapped = map_troubles();
    return mapped == nullptr ? none : *mapped;
}

void wait_for(std::uint32_t us) {
    if (us != 0) std::this_thread::sleep_for(std::chrono::microseconds{us});
}

bool sync_fails() {
    static std::atomic<std::uint32_t> syncs{0};
    wait_for(troubles().sync_us);
    const std::uint32_t one_in = troubles().one_sync_fails_in;
    if (one_in == 0 || ++syncs % one_in != 0) return false;
    errno = EIO;
    return true;
}

template <class F>
F next(const char* name) {
    return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fsync(int fd) {
    static const auto real = next<int (*)(int)>("fsync");
    return sync_fails() ? -1 : real(fd);
}

int fdatasync(int fd) {
    static const auto real = next<int (*)(int)>("fdatasync");
    return sync_fails() ? -1 : real(fd);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    wait_for(troubles().write_us);
    return real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    wait_for(troubles().write_us);
    return real(fd, data, size, at);
}

}  // extern "C"
