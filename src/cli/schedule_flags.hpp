#pragma once

#include "cli/schedule_words.hpp"

#include <CLI/CLI.hpp>

namespace errand::cli {

/// Adds --cron, --every, --at, --timezone, --dst, --start, --end, --jitter, --exclude, --calendar.
void add_timing_options(CLI::App& command, TimingWords& words);

}  // namespace errand::cli
