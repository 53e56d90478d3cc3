#include "engine/isolated/zygote.hpp"

#include "engine/isolated/zygote_process.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

namespace errand::engine {

Zygote::Zygote(SharedSlots& slots, const IsolatedHandlers& handlers,
               const IsolatedOptions& options) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw std::system_error(errno, std::generic_category(), "socket of isolated processes");
    }
    control_ = base::UniqueFd{ends[0]};
    const base::UniqueFd other{ends[1]};
    static_cast<void>(std::fflush(nullptr));  // or what waits to be printed is printed twice
    // No signal may run one of this program's handlers in the child.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_ = ::fork();
    if (pid_ == 0) run_zygote(other.get(), slots, handlers, options);
    const auto error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid_ < 0) throw std::system_error(error, std::generic_category(), "fork");
}

Zygote::~Zygote() {
    control_.reset();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool Zygote::start(std::uint32_t slot, int fd) noexcept {
    ZygoteRequest request{ZygoteRequest::Kind::start, slot};
    iovec data{&request, sizeof request};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> rights{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = rights.data();
    message.msg_controllen = rights.size();
    auto* right = CMSG_FIRSTHDR(&message);
    right->cmsg_level = SOL_SOCKET;
    right->cmsg_type = SCM_RIGHTS;
    right->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(right), &fd, sizeof fd);
    while (::sendmsg(control_.get(), &message, MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) return false;
    }
    return true;
}

void Zygote::kill(std::uint32_t slot) noexcept {
    const ZygoteRequest request{ZygoteRequest::Kind::kill, slot};
    while (::send(control_.get(), &request, sizeof request, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
}

std::optional<ProcessNews> Zygote::news() noexcept {
    ProcessNews news;
    for (;;) {
        const auto got = ::recv(control_.get(), &news, sizeof news, MSG_DONTWAIT);
        if (got == static_cast<ssize_t>(sizeof news)) return news;
        if (got < 0 && errno == EINTR) continue;
        gone_ = gone_ || got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
        return {};
    }
}

}  // namespace errand::engine
