#pragma once

#include "engine/loop.hpp"

#include <errand/store/job_path.hpp>

namespace errand::engine {

/// Makes jobs available when their time has come: sleeps until exactly then, or until a job gets an
/// earlier time.
class Promoter final : public Loop {
public:
    struct Options {
        std::uint32_t batch = 1'000;
        Duration sleep_at_most = std::chrono::seconds{60};
    };
    Promoter(JobPath& store, Options options) : store_(store), options_(options) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "promoter"; }
    NextRun run_once(Timestamp now) override;

private:
    JobPath& store_;
    const Options options_;
};

}  // namespace errand::engine
