#pragma once

#include <errand/time.hpp>

#include <atomic>
#include <cstdint>
#include <optional>

namespace errand::sqlite {

/// Whether a futex word lies in memory shared with other processes.
enum class FutexScope { process, shared };

/// Sleeps while `word` is `expected`, at most `timeout` (none: without end). May return early.
/// std::atomic::wait would spin first, which starves the thread that is waited for on few cores.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected, FutexScope scope,
                std::optional<Duration> timeout = {}) noexcept;

/// As futex_wait, for sleepers that are told apart: only a wake whose `bits` share one with these
/// ends it. Without end.
void futex_wait_bits(std::atomic<std::uint32_t>& word, std::uint32_t expected, FutexScope scope,
                     std::uint32_t bits) noexcept;
/// Wakes all sleepers of futex_wait_bits that share a bit.
void futex_wake_bits(std::atomic<std::uint32_t>* word, FutexScope scope,
                     std::uint32_t bits) noexcept;

/// Wakes at most `count` sleepers. Only the address of `word` matters: it may be gone already.
void futex_wake(std::atomic<std::uint32_t>* word, FutexScope scope, int count) noexcept;

}  // namespace errand::sqlite
