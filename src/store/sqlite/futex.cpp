#include "store/sqlite/futex.hpp"

#include <algorithm>
#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace errand::sqlite {

namespace {

int with_scope(int operation, FutexScope scope) noexcept {
    return scope == FutexScope::process ? operation | FUTEX_PRIVATE_FLAG : operation;
}

}  // namespace

void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected, FutexScope scope,
                std::optional<Duration> timeout) noexcept {
    timespec relative{};
    if (timeout) {
        const auto us = std::max<std::int64_t>(timeout->count(), 0);
        relative = {.tv_sec = us / 1'000'000, .tv_nsec = (us % 1'000'000) * 1000};
    }
    ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), with_scope(FUTEX_WAIT, scope),
              expected, timeout ? &relative : nullptr, nullptr, 0);
}

void futex_wait_bits(std::atomic<std::uint32_t>& word, std::uint32_t expected, FutexScope scope,
                     std::uint32_t bits) noexcept {
    ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word),
              with_scope(FUTEX_WAIT_BITSET, scope), expected, nullptr, nullptr, bits);
}

void futex_wake_bits(std::atomic<std::uint32_t>* word, FutexScope scope,
                     std::uint32_t bits) noexcept {
    ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(word),
              with_scope(FUTEX_WAKE_BITSET, scope), INT_MAX, nullptr, nullptr, bits);
}

void futex_wake(std::atomic<std::uint32_t>* word, FutexScope scope, int count) noexcept {
    ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(word), with_scope(FUTEX_WAKE, scope),
              count, nullptr, nullptr, 0);
}

}  // namespace errand::sqlite
