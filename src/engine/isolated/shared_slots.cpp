#include "engine/isolated/shared_slots.hpp"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <new>
#include <system_error>

namespace errand::engine {
namespace {

constexpr unsigned reason_bits = 8;

}  // namespace

void request_stop(SharedSlot& slot, std::uint64_t number, StopReason reason) noexcept {
    slot.stop = (number << reason_bits) | static_cast<std::uint64_t>(reason);
    ring(slot);
}

StopReason stop_reason(const SharedSlot& slot, std::uint64_t number) noexcept {
    const auto stop = slot.stop.load();
    if (stop >> reason_bits != number) return StopReason::none;
    return static_cast<StopReason>(stop & ((1U << reason_bits) - 1));
}

void ring(SharedSlot& slot) noexcept {
    ++slot.bell;
    // Not FUTEX_PRIVATE: the other side is another process.
    ::syscall(SYS_futex, &slot.bell, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void wait_for_bell(const SharedSlot& slot, std::uint32_t seen) noexcept {
    ::syscall(SYS_futex, &slot.bell, FUTEX_WAIT, seen, nullptr, nullptr, 0);
}

SharedSlots::SharedSlots(std::size_t count) : bytes_(count * sizeof(SharedSlot)) {
    void* memory =
        ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::system_error(errno, std::generic_category(),
                                "memory to share with isolated processes");
    }
    slots_ = static_cast<SharedSlot*>(memory);
    for (std::size_t i = 0; i < count; ++i)
        new (slots_ + i) SharedSlot{{0}, {0}, {0}};
}

SharedSlots::~SharedSlots() {
    ::munmap(slots_, bytes_);
}

}  // namespace errand::engine
