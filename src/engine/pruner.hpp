#pragma once

#include "base/random.hpp"
#include "engine/loop.hpp"

#include <errand/store/administration.hpp>

namespace errand::engine {

/// Removes jobs that ended long enough ago, in small batches so that nothing else waits for long.
class Pruner final : public Loop {
public:
    struct Options {
        Retention retention;
        Duration first_after = std::chrono::seconds{5};
        Duration period = std::chrono::seconds{60};  ///< spread by ± 10 % over many workers
        std::uint32_t batch = 1'000;
    };
    Pruner(Administration& store, base::Random& random, Options options)
        : store_(store), random_(random), options_(options) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "pruner"; }
    NextRun run_once(Timestamp now) override;

private:
    Administration& store_;
    base::Random& random_;
    const Options options_;
    bool started_ = false;
};

}  // namespace errand::engine
