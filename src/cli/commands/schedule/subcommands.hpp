#pragma once

namespace CLI {
class App;
}

namespace errand::cli {

class CommandContext;

// The commands below `errand schedule`, one per file of this folder; each adds itself to `group`.

void add_schedule_preview_command(CLI::App& group, CommandContext& context);

}  // namespace errand::cli
