#pragma once

#include "client/json_writer.hpp"

#include <errand/job.hpp>

#include <optional>
#include <string>

namespace errand::client {

/// {"current", "total", "message"}, or null.
[[nodiscard]] inline std::string progress_json(const std::optional<Progress>& progress) {
    if (!progress) return std::string{null_text};
    return ObjectWriter{}
        .number("current", progress->current)
        .number("total", progress->total)
        .text("message", progress->message)
        .finish();
}

}  // namespace errand::client
