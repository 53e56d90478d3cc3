#pragma once

#include <errand/job.hpp>

#include <optional>
#include <string>
#include <vector>

// How people say that a job is not to be enqueued twice; see EnqueueOptions.

namespace errand::client {

struct UniqueChoice {
    std::string key{};
    std::optional<std::vector<std::string>> by{};  ///< empty: all of the args
    UniquePolicy policy{};
    std::optional<Duration> debounce{};
    std::optional<Duration> throttle{};
};

/// Sets unique_key, unique and delay of `job`, whose type, args and times are there already.
/// Throws Error (invalid_argument) naming the fields that contradict each other.
void apply(const UniqueChoice& choice, NewJob& job);

}  // namespace errand::client
