#pragma once

#include "support/fake_context.hpp"

#include <errand/handlers.hpp>

#include <string>

namespace errand::testing {

/// Options that run `script` with /bin/sh.
[[nodiscard]] inline ExecOptions shell(std::string script) {
    ExecOptions options;
    options.command = {"/bin/sh", "-c", std::move(script)};
    return options;
}

[[nodiscard]] inline ExecOptions python(std::string script) {
    ExecOptions options;
    options.command = {"python3", "-c", std::move(script)};
    return options;
}

[[nodiscard]] inline Outcome run(const ExecOptions& options, FakeContext& job) {
    return exec_handler(options)(job);
}
[[nodiscard]] inline Outcome run(const ExecOptions& options) {
    FakeContext job;
    return run(options, job);
}

}  // namespace errand::testing
