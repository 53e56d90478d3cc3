#include "cli/bench/child.hpp"

#include <errand/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace errand::cli::bench {
namespace {

[[noreturn]] void refuse(int error) {
    throw Error(ErrorCode::store_unavailable, fmt::format("cannot start a second process: {}",
                                                          std::generic_category().message(error)));
}

/// The two ends of a pipe; what is not taken is closed.
struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) refuse(errno);
    }
    ~Pipe() {
        for (const int end : ends) {
            if (end >= 0) ::close(end);
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    [[nodiscard]] int take(std::size_t which) { return std::exchange(ends[which], -1); }
};

}  // namespace

Child::Child(std::vector<std::string> arguments) {
    Pipe input;
    Pipe output;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
    std::vector<char*> argv;
    for (auto& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    const int error =
        ::posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) refuse(error);
    stdin_ = input.take(1);
    stdout_ = output.take(0);
}

Child::~Child() {
    ::close(stdin_);
    ::close(stdout_);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::string Child::read_line() const {
    std::string line;
    char byte = 0;
    while (true) {
        const auto got = ::read(stdout_, &byte, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0 || byte == '\n') return line;
        line += byte;
    }
}

}  // namespace errand::cli::bench
