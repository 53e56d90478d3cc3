#include "store/sqlite/wake_file.hpp"

#include "store/sqlite/futex.hpp"

#include <climits>
#include <ctime>

namespace errand::sqlite {

namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::int64_t turn_memory_ms = 10;

std::int64_t monotonic_ms() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

WakeFile::WakeFile(const std::string& path) : file_(path, page_bytes) {
    static_assert(sizeof(Page) <= page_bytes);
}

std::uint32_t WakeFile::generation(WakeChannel channel) const noexcept {
    return page().channels[static_cast<std::size_t>(channel)].generation.load();
}

void WakeFile::wait(WakeChannel channel, std::uint32_t seen, Duration timeout) noexcept {
    wait_on(page().channels[static_cast<std::size_t>(channel)], seen, timeout);
}

void WakeFile::wake(WakeChannel channel) noexcept {
    wake_all(page().channels[static_cast<std::size_t>(channel)]);
}

void WakeFile::wait_for_turn(Duration timeout) noexcept {
    auto& shared = page();
    const auto seen = shared.turn.generation.load();
    shared.turn_wanted_ms.store(monotonic_ms());
    wait_on(shared.turn, seen, timeout);
}

bool WakeFile::pass_turn() noexcept {
    auto& shared = page();
    if (monotonic_ms() - shared.turn_wanted_ms.load() > turn_memory_ms) return false;
    wake_all(shared.turn);
    return true;
}

void WakeFile::wait_on(Cell& cell, std::uint32_t seen, Duration timeout) noexcept {
    cell.waiters.fetch_add(1);
    if (cell.generation.load() == seen) {
        futex_wait(cell.generation, seen, FutexScope::shared, timeout);
    }
    cell.waiters.fetch_sub(1);
}

void WakeFile::wake_all(Cell& cell) noexcept {
    cell.generation.fetch_add(1);
    if (cell.waiters.load() != 0) futex_wake(&cell.generation, FutexScope::shared, INT_MAX);
}

}  // namespace errand::sqlite
