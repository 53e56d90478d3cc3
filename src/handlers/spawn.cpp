#include "handlers/spawn.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>

// Between vfork and exec the child shares the parent's memory and runs while one parent thread
// waits: only async-signal-safe calls, no allocation, no destructors, no write to memory that the
// parent uses.

namespace errand::handlers {
namespace {

[[noreturn]] void give_up(const SpawnPlan& plan, SpawnStep step, int error) noexcept {
    const SpawnFailure failure{step, error};
    [[maybe_unused]] const auto written = ::write(plan.failure_fd, &failure, sizeof failure);
    ::_exit(127);
}

void reset_signals() noexcept {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal)
        ::sigaction(signal, &action, nullptr);
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void limit(const SpawnPlan& plan, SpawnStep step, __rlimit_resource_t resource, std::uint64_t soft,
           std::uint64_t hard) noexcept {
    if (soft == 0) return;
    const rlimit value{soft, hard};
    if (::setrlimit(resource, &value) != 0) give_up(plan, step, errno);
}

void set_up(const SpawnPlan& plan) noexcept {
    reset_signals();
    if (::setpgid(0, 0) != 0) give_up(plan, SpawnStep::set_up, errno);
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(plan, SpawnStep::set_up, errno);
    if (::getppid() != plan.parent) ::_exit(127);  // the parent died before prctl could notice
    const std::array fds{plan.stdin_fd, plan.stdout_fd, plan.stderr_fd};
    for (int target = 0; target < 3; ++target) {
        if (::dup2(fds[target], target) < 0) give_up(plan, SpawnStep::set_up, errno);
    }
    // Descriptors that the rest of the program forgot to mark. Old kernels cannot: no harm done.
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

void confine(const SpawnPlan& plan) noexcept {
    if (plan.directory && ::chdir(plan.directory) != 0) {
        give_up(plan, SpawnStep::enter_directory, errno);
    }
    limit(plan, SpawnStep::limit_memory, RLIMIT_AS, plan.memory_bytes, plan.memory_bytes);
    // SIGXCPU can be caught, so SIGKILL follows a second later.
    limit(plan, SpawnStep::limit_cpu, RLIMIT_CPU, plan.cpu_seconds, plan.cpu_seconds + 1);
    limit(plan, SpawnStep::limit_files, RLIMIT_NOFILE, plan.open_files, plan.open_files);
}

/// A candidate that is there but may not be executed tells more than one that is not there.
[[noreturn]] void execute(const SpawnPlan& plan) noexcept {
    int error = ENOENT;
    for (const char* const* path = plan.candidates.data(); *path; ++path) {
        ::execve(*path, plan.arguments.data(), plan.environment.data());
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
    }
    give_up(plan, SpawnStep::execute, error);
}

[[noreturn]] void run_child(const SpawnPlan& plan) noexcept {
    set_up(plan);
    confine(plan);
    execute(plan);
}

}  // namespace

pid_t spawn(const SpawnPlan& plan) {
    // No signal may run one of this program's handlers in the child.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t child = ::vfork();
    if (child == 0) run_child(plan);
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return child;
}

}  // namespace errand::handlers
