#include "support/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

extern char** environ;

namespace errand::test {
namespace {

/// A file without a name, in memory.
int memory_file(const char* name) {
    const int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
    return fd;
}

std::string content_of(int fd) {
    struct stat status {};
    fstat(fd, &status);
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const auto count = pread(fd, text.data(), text.size(), 0);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
}

int input_file(const std::string& text) {
    const int fd = memory_file("in");
    std::size_t written = 0;
    while (written < text.size()) {
        const auto count = write(fd, text.data() + written, text.size() - written);
        if (count < 0) throw std::system_error(errno, std::generic_category(), "write");
        written += static_cast<std::size_t>(count);
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text{*entry};
        if (!added.contains(text.substr(0, text.find('=')))) all.push_back(text);
    }
    for (const auto& [name, value] : added)
        all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

pid_t spawn(std::vector<std::string>& command, const ProgramOptions& options, int in, int out,
            int err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (!options.directory.empty()) {
        posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
    }
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    auto environment = merged_environment(options.environment);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, command.front().c_str(), &actions, nullptr,
                                  pointers(command).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::system_error(error, std::generic_category(), command.front());
    return pid;
}

}  // namespace

Program::Program(std::vector<std::string> command, ProgramOptions options)
    : options_(std::move(options)), name_(command.front()) {
    out_ = memory_file("out");
    err_ = memory_file("err");
    const int in = input_file(options_.input);
    pid_ = spawn(command, options_, in, out_, err_);
    close(in);
    pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    if (pidfd_ < 0) throw std::system_error(errno, std::generic_category(), "pidfd_open");
}

Program::~Program() {
    kill_and_reap();
    for (const int fd : {pidfd_, out_, err_})
        close(fd);
}

void Program::send(int signal) const {
    if (pid_ > 0) ::kill(pid_, signal);
}

ProgramResult Program::wait() {
    if (!ended_within(options_.timeout)) {
        kill_and_reap();
        throw std::runtime_error(name_ + " did not end in time; it wrote: " + out() + err());
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    ProgramResult result{-1, 0, out(), err()};
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    return result;
}

std::string Program::out() const {
    return content_of(out_);
}

std::string Program::err() const {
    return content_of(err_);
}

void Program::kill_and_reap() noexcept {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

bool Program::ended_within(std::chrono::seconds time) const {
    const auto end = std::chrono::steady_clock::now() + time;
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd ended{pidfd_, POLLIN, 0};
        const int ready = poll(&ended, 1, static_cast<int>(std::max<long>(0, left.count())));
        if (ready > 0) return true;
        if (ready == 0) return false;
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    }
}

ProgramResult run_program(std::vector<std::string> command, ProgramOptions options) {
    return Program{std::move(command), std::move(options)}.wait();
}

}  // namespace errand::test
