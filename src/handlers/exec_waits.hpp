#pragma once

#include <errand/context.hpp>
#include <errand/outcome.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace errand::handlers {

/// The signals that a job's program waited for. A program cannot be gone on with, so it ends to
/// wait, and its next start is told what came. For one attempt.
class ExecWaits {
public:
    /// The most names that one job may wait for.
    static constexpr std::size_t max_names = 100;
    /// What came may take up so much of an environment.
    static constexpr std::size_t max_environment_bytes = 100U << 10;

    /// Looks them up; a first start has none, and asks nobody. Throws Error as Steps does, and
    /// limit_exceeded when the values do not fit into an environment.
    explicit ExecWaits(Context& job);

    /// JSON object of the values that came, by name.
    [[nodiscard]] const std::string& came() const noexcept { return came_text_; }
    /// JSON array of the names whose time was over.
    [[nodiscard]] const std::string& over() const noexcept { return over_text_; }

    /// The program asks to wait. A failure when it was told how that wait ended, since it would
    /// begin and end for ever.
    [[nodiscard]] Outcome begin(const std::string& name, Duration longest);

private:
    Context& job_;
    std::vector<std::string> names_;  ///< that it has waited for, ever
    std::map<std::string, std::string> came_;
    std::vector<std::string> over_;
    std::string came_text_ = "{}";
    std::string over_text_ = "[]";
};

}  // namespace errand::handlers
