#include "handlers/process.hpp"

#include "base/text.hpp"
#include "handlers/spawn.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace errand::handlers {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

[[noreturn]] void refuse_resources(std::string_view what, int error) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot make {} for the program: {}; look at the worker's limits", what,
                            reason(error)));
}

/// `fd` above the three standard ones, so that the child's dup2 never meets its own target.
base::UniqueFd above_standard(base::UniqueFd fd, std::string_view what) {
    if (fd.get() > 2) return fd;
    base::UniqueFd raised{fd.is_open() ? ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3) : -1};
    if (!raised.is_open()) refuse_resources(what, errno);
    return raised;
}

struct Pipe {
    base::UniqueFd read;
    base::UniqueFd write;
};

Pipe make_pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) refuse_resources("a pipe", errno);
    Pipe pipe{base::UniqueFd{fds[0]}, base::UniqueFd{fds[1]}};
    pipe.read = above_standard(std::move(pipe.read), "a pipe");
    pipe.write = above_standard(std::move(pipe.write), "a pipe");
    return pipe;
}

Pipe make_output_pipe() {
    Pipe pipe = make_pipe();
    if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0) refuse_resources("a pipe", errno);
    return pipe;
}

/// A file in memory instead of a pipe: nobody has to feed it while the program runs, and a program
/// that does not read it harms nobody.
base::UniqueFd make_input(std::string_view input) {
    base::UniqueFd file =
        above_standard(base::UniqueFd{::memfd_create("errand-args", MFD_CLOEXEC)}, "the input");
    while (!input.empty()) {
        const auto written = ::write(file.get(), input.data(), input.size());
        if (written < 0 && errno != EINTR) refuse_resources("the input", errno);
        if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0) refuse_resources("the input", errno);
    return file;
}

/// Where the program may be: itself when it names a path, else once per entry of PATH.
std::vector<std::string> candidates_of(const std::string& program, std::string_view path) {
    if (program.find('/') != std::string::npos) return {program};
    std::vector<std::string> candidates;
    while (!path.empty()) {
        const auto entry = path.substr(0, path.find(':'));
        if (!entry.empty()) candidates.push_back(fmt::format("{}/{}", entry, program));
        path.remove_prefix(std::min(entry.size() + 1, path.size()));
    }
    return candidates;
}

/// exec wants pointers to mutable text, which it never changes.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (const auto& text : texts)
        result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

SpawnPlan make_plan(const ProcessSpec& spec, const std::vector<std::string>& candidates) {
    SpawnPlan plan;
    plan.candidates.reserve(candidates.size() + 1);
    for (const auto& candidate : candidates)
        plan.candidates.push_back(candidate.c_str());
    plan.candidates.push_back(nullptr);
    plan.arguments = pointers(spec.command);
    plan.environment = pointers(spec.environment);
    plan.directory = spec.directory.empty() ? nullptr : spec.directory.c_str();
    plan.memory_bytes = spec.memory_bytes;
    plan.cpu_seconds = spec.cpu_seconds;
    plan.open_files = spec.open_files;
    plan.parent = ::getpid();
    return plan;
}

std::string describe(const SpawnFailure& failure, const ProcessSpec& spec) {
    const auto program = base::quote_for_message(spec.command.front());
    const auto why = reason(failure.error);
    switch (failure.step) {
        case SpawnStep::enter_directory:
            return fmt::format("cannot enter the directory {} of program {}: {}",
                               base::quote_for_message(spec.directory), program, why);
        case SpawnStep::limit_memory:
            return fmt::format("cannot limit the memory of program {} to {} bytes: {}", program,
                               spec.memory_bytes, why);
        case SpawnStep::limit_cpu:
            return fmt::format("cannot limit the CPU time of program {} to {} s: {}", program,
                               spec.cpu_seconds, why);
        case SpawnStep::limit_files:
            return fmt::format("cannot limit program {} to {} open files: {}", program,
                               spec.open_files, why);
        case SpawnStep::set_up:
            return fmt::format("cannot prepare program {}: {}", program, why);
        case SpawnStep::execute:
            break;
    }
    if (failure.error == ENOENT) {
        return fmt::format(
            "program {} was not found (nor, for a script, its interpreter): install it "
            "or give its full path",
            program);
    }
    if (failure.error == EACCES) {
        return fmt::format("program {} is not executable: correct its permissions", program);
    }
    return fmt::format("program {} cannot be executed: {}", program, why);
}

/// What the child reported before it gave up; nothing when it runs its program.
SpawnFailure read_failure(const base::UniqueFd& fd) noexcept {
    SpawnFailure failure;
    ssize_t got = 0;
    do {
        got = ::read(fd.get(), &failure, sizeof failure);
    } while (got < 0 && errno == EINTR);
    return got == sizeof failure ? failure : SpawnFailure{};
}

void reap(pid_t pid) noexcept {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
        continue;
}

}  // namespace

Process Process::start(const ProcessSpec& spec, std::string_view input) {
    const base::UniqueFd in = make_input(input);
    Pipe out = make_output_pipe();
    Pipe err = make_output_pipe();
    Pipe failure = make_pipe();
    const auto candidates = candidates_of(spec.command.front(), spec.path);
    SpawnPlan plan = make_plan(spec, candidates);
    plan.stdin_fd = in.get();
    plan.stdout_fd = out.write.get();
    plan.stderr_fd = err.write.get();
    plan.failure_fd = failure.write.get();

    const pid_t pid = spawn(plan);
    if (pid < 0) refuse_resources("a process", errno);
    failure.write.reset();
    if (const auto seen = read_failure(failure.read); seen.error != 0) {
        reap(pid);
        throw Error(ErrorCode::invalid_argument, describe(seen, spec));
    }
    base::UniqueFd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    if (!pidfd.is_open()) {
        const int error = errno;
        ::kill(-pid, SIGKILL);
        reap(pid);
        refuse_resources("a process descriptor", error);
    }
    return Process{pid, std::move(pidfd), std::move(out.read), std::move(err.read)};
}

Process::~Process() {
    if (!pidfd_.is_open()) return;
    signal_group(SIGKILL);
    reap(pid_);
}

void Process::signal_group(int signal) const noexcept {
    ::kill(-pid_, signal);
}

ExitStatus Process::end() {
    siginfo_t info{};
    const auto wait = [&](int options) {
        int result = 0;
        do {
            result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | options);
        } while (result != 0 && errno == EINTR);
        return result == 0;
    };
    // Until it is reaped its process id, and so the group's, cannot belong to anybody else.
    const bool ours = wait(WNOWAIT);
    if (ours) signal_group(SIGKILL);
    const bool reaped = ours && wait(0);
    pidfd_.reset();
    if (!reaped) {
        throw Error(
            ErrorCode::conflict,
            "the program's exit status was taken by other code in this process: do not ignore "
            "SIGCHLD and do not wait for children you did not start");
    }
    return {info.si_code != CLD_EXITED, info.si_status};
}

}  // namespace errand::handlers
