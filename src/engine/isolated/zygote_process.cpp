#include "engine/isolated/zygote_process.hpp"

#include "engine/isolated/zygote.hpp"
#include "engine/thread_name.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

namespace errand::engine {
namespace {

/// Where the one descriptor of a process lies that it is to keep; all above are closed.
constexpr int kept_fd = 3;

int keep_only(int fd) noexcept {
    if (fd != kept_fd) ::dup2(fd, kept_fd);
    ::close_range(kept_fd + 1, ~0U, 0);
    return kept_fd;
}

void reset_signals() noexcept {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal)
        ::sigaction(signal, &action, nullptr);
    // Of what a terminal or a supervisor sends to all, only the worker makes something.
    action.sa_handler = SIG_IGN;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
        ::sigaction(signal, &action, nullptr);
}

class ZygoteProcess {
public:
    ZygoteProcess(int control, SharedSlots& slots, const IsolatedHandlers& handlers,
                  const IsolatedOptions& options)
        : control_(keep_only(control)), slots_(slots), handlers_(handlers), options_(options) {
        sigset_t child;
        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        ::sigprocmask(SIG_SETMASK, &child, nullptr);
        ended_ = ::signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    }

    [[noreturn]] void run() noexcept {
        for (;;) {
            std::array<pollfd, 2> waiting{pollfd{control_, POLLIN, 0}, pollfd{ended_, POLLIN, 0}};
            if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) leave();
            if (waiting[1].revents != 0) reap();
            if (waiting[0].revents != 0) serve();
        }
    }

private:
    void serve() noexcept {
        ZygoteRequest request;
        iovec data{&request, sizeof request};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> rights{};
        msghdr message{};
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = rights.data();
        message.msg_controllen = rights.size();
        const auto got = ::recvmsg(control_, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR) return;
        if (got != sizeof request) leave();  // the worker is gone
        if (request.kind == ZygoteRequest::Kind::kill) {
            if (const auto found = pids_.find(request.slot); found != pids_.end()) {
                ::kill(found->second, SIGKILL);
            }
            return;
        }
        int fd = -1;
        const auto* right = CMSG_FIRSTHDR(&message);
        if (right) std::memcpy(&fd, CMSG_DATA(right), sizeof fd);
        start(request.slot, fd);
    }

    void start(std::uint32_t slot, int fd) noexcept {
        const auto parent = ::getpid();
        const auto pid = ::fork();
        if (pid == 0) become_process(parent, slot, fd);
        const auto error = errno;
        ::close(fd);
        if (pid < 0) {
            tell({ProcessNews::Kind::not_started, slot, 0, error});
        } else {
            pids_[slot] = pid;
            tell({ProcessNews::Kind::started, slot, pid, 0});
        }
    }

    [[noreturn]] void become_process(pid_t parent, std::uint32_t slot, int fd) noexcept {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(EXIT_SUCCESS);  // it died before prctl could notice
        struct sigaction action {};
        action.sa_handler = SIG_DFL;
        ::sigaction(SIGPIPE, &action, nullptr);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        name_this_thread("isolated");
        run_isolated_process(keep_only(fd), slots_[slot], handlers_, options_);
    }

    void reap() noexcept {
        signalfd_siginfo info{};
        while (::read(ended_, &info, sizeof info) > 0) {
        }
        int status = 0;
        for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            for (const auto& [slot, its_pid] : pids_) {
                if (its_pid != pid) continue;
                tell({ProcessNews::Kind::ended, slot, pid, status});
                pids_.erase(slot);
                break;
            }
        }
    }

    void tell(const ProcessNews& news) const noexcept {
        while (::send(control_, &news, sizeof news, MSG_NOSIGNAL) < 0) {
            if (errno != EINTR) return;  // the worker is gone, which serve() will notice
        }
    }

    [[noreturn]] void leave() const noexcept {
        for (const auto& [slot, pid] : pids_)
            ::kill(pid, SIGKILL);
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
        }
        ::_exit(EXIT_SUCCESS);
    }

    const int control_;
    int ended_ = -1;
    SharedSlots& slots_;
    const IsolatedHandlers& handlers_;
    const IsolatedOptions& options_;
    std::map<std::uint32_t, pid_t> pids_;
};

}  // namespace

void run_zygote(int control, SharedSlots& slots, const IsolatedHandlers& handlers,
                const IsolatedOptions& options) noexcept {
    ::setpgid(0, 0);  // Ctrl-C is for the worker
    reset_signals();
    name_this_thread("zygote");
    ZygoteProcess{control, slots, handlers, options}.run();
}

}  // namespace errand::engine
