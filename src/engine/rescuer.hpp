#pragma once

#include "core/decide.hpp"
#include "engine/counters.hpp"
#include "engine/logger.hpp"
#include "engine/loop.hpp"

#include <errand/store/job_path.hpp>

#include <vector>

namespace errand::engine {

/// Takes over the leases that dead or silent workers lost, and settles them as crashed.
class Rescuer final : public Loop {
public:
    struct Options {
        WorkerId worker{};
        Duration period = std::chrono::milliseconds{500};
        Duration lease = std::chrono::seconds{15};  ///< for which a lost job is taken
        std::uint32_t page = 500;
        core::DecideOptions decide;
    };
    Rescuer(JobPath& store, const Clock& clock, Counters& counters, const Logger& log,
            Options options);

    [[nodiscard]] std::string_view name() const noexcept override { return "rescuer"; }
    NextRun run_once(Timestamp now) override;

private:
    void take();
    void settle();

    JobPath& store_;
    const Clock& clock_;
    Counters& counters_;
    const Logger& log_;
    const Options options_;
    std::vector<Settlement> taken_;  ///< decided, until the store has answered
};

}  // namespace errand::engine
