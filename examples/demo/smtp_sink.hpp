#pragma once

#include "demo/mailbox.hpp"

#include <cstdint>
#include <functional>

namespace demo {

/// Takes mail on 127.0.0.1:`port` (0: a free one, told to `on_ready`) until SIGTERM or SIGINT, at
/// most 32 conversations at once, each closed after 30 s of silence. Throws std::system_error when
/// the port is taken.
void run_smtp_sink(std::uint16_t port, Mailbox& mailbox,
                   const std::function<void(std::uint16_t)>& on_ready);

}  // namespace demo
