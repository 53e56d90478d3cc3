#pragma once

#include "engine/isolated/frames.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace errand::engine {

/// An isolated process's end of its socket. When the worker is gone the process ends.
class Channel {
public:
    explicit Channel(int fd) : fd_(fd) {}

    /// Waits for the next frame; ends the process when none will come. By one thread.
    [[nodiscard]] Frame receive();
    /// Sends whole frames. From any thread.
    void send(std::string_view frames);

private:
    const int fd_;
    FrameBuffer received_;
    std::mutex sending_;
};

/// Leaves the process without running what the program registered for its own end; what handlers
/// printed is written.
[[noreturn]] void end_process(int status) noexcept;

}  // namespace errand::engine
