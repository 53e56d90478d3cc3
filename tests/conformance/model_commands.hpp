#pragma once

#include <rapidcheck.h>

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

namespace errand::test {

enum class CommandKind : std::uint8_t {
    insert,
    insert_again,
    claim,
    settle,
    heartbeat,
    effect,
    mark,
    cancel,
    retry,
    remove,
    set_paused,
    promote,
    advance_clock,
    take_over,
    kill_worker,
    prune,
    list,
};
[[nodiscard]] std::string_view to_string(CommandKind kind) noexcept;

/// A call in the abstract: numbers that the interpreter turns into ids, leases and values modulo
/// what there is, so that any sequence, also a shrunk one, means something.
struct Command {
    CommandKind kind = CommandKind::insert;
    std::array<std::uint32_t, 8> numbers{};
};
std::ostream& operator<<(std::ostream& out, const Command& command);

/// Commands weighted so that jobs are made, claimed and settled most of the time.
[[nodiscard]] rc::Gen<std::vector<Command>> command_sequences();

}  // namespace errand::test
