#include "base/random.hpp"

#include <pthread.h>

#include <atomic>
#include <memory>
#include <random>

namespace errand::base {
namespace {

/// Counts the forks on the way to this process: a child must not repeat its parent's numbers.
std::atomic<std::uint32_t>& fork_count() noexcept {
    static std::atomic<std::uint32_t> count{0};
    return count;
}

std::mt19937_64 seeded_by_system() {
    std::random_device source;
    std::seed_seq seed{source(), source(), source(), source(),
                       source(), source(), source(), source()};
    return std::mt19937_64{seed};
}

struct ThreadEngine {
    std::uint32_t forks = fork_count().load(std::memory_order_relaxed);
    std::mt19937_64 engine = seeded_by_system();
};

class SystemRandom final : public Random {
public:
    SystemRandom() noexcept {
        pthread_atfork(nullptr, nullptr, [] { fork_count().fetch_add(1); });
    }

    [[nodiscard]] std::uint64_t bits() override {
        thread_local ThreadEngine mine;
        if (mine.forks != fork_count().load(std::memory_order_relaxed)) mine = ThreadEngine{};
        return mine.engine();
    }
};

}  // namespace

Random& system_random() noexcept {
    // Outlives every thread that still makes ids at exit.
    static Random& random = *std::make_unique<SystemRandom>().release();
    return random;
}

}  // namespace errand::base
