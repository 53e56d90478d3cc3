// A library for LD_PRELOAD that makes a disk slow while the processes run. The file that SLOW_DISK
// names holds two 32-bit numbers, microseconds to wait before each sync and before each write at a
// position; it is mapped, so that a change counts at once in every process.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

struct Delays {
    std::uint32_t sync_us;
    std::uint32_t write_us;
};

const volatile Delays* map_delays() {
    const char* path = std::getenv("SLOW_DISK");
    if (path == nullptr) return nullptr;
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* page = ::mmap(nullptr, sizeof(Delays), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    return page == MAP_FAILED ? nullptr : static_cast<const volatile Delays*>(page);
}

enum class Call { sync, write };

void wait_before(Call call) {
    static const volatile Delays* const delays = map_delays();
    if (delays == nullptr) return;
    const auto us = call == Call::sync ? delays->sync_us : delays->write_us;
    if (us != 0) std::this_thread::sleep_for(std::chrono::microseconds{us});
}

template <class F>
F next(const char* name) {
    return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fsync(int fd) {
    static const auto real = next<int (*)(int)>("fsync");
    wait_before(Call::sync);
    return real(fd);
}

int fdatasync(int fd) {
    static const auto real = next<int (*)(int)>("fdatasync");
    wait_before(Call::sync);
    return real(fd);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    wait_before(Call::write);
    return real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    wait_before(Call::write);
    return real(fd, data, size, at);
}

}  // extern "C"
