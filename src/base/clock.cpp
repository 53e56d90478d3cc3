#include <errand/time.hpp>

#include <memory>

namespace errand {
namespace {

class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override {
        return std::chrono::floor<Duration>(std::chrono::system_clock::now());
    }
};

}  // namespace

const Clock& system_clock() noexcept {
    static const Clock& clock = *std::make_unique<SystemClock>().release();
    return clock;
}

}  // namespace errand
