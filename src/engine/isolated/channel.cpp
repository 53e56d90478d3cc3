#include "engine/isolated/channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace errand::engine {

Frame Channel::receive() {
    for (;;) {
        if (const auto frame = received_.next()) return *frame;
        if (received_.broken()) end_process(EXIT_FAILURE);
        std::array<char, 64U << 10> bytes;
        const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) end_process(EXIT_SUCCESS);
        received_.add(bytes.data(), static_cast<std::size_t>(got));
    }
}

void Channel::send(std::string_view frames) {
    const std::lock_guard lock{sending_};
    while (!frames.empty()) {
        const auto sent = ::send(fd_, frames.data(), frames.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) end_process(EXIT_SUCCESS);
        frames.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void end_process(int status) noexcept {
    static_cast<void>(std::fflush(nullptr));
    ::_exit(status);
}

}  // namespace errand::engine
