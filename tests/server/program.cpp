#include "server/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace errand::test {
namespace {

std::string content(const std::filesystem::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

Program::Program(std::vector<std::string> arguments, const std::filesystem::path& directory)
    : output_(directory / ".stdout"), errors_(directory / ".stderr") {
    arguments.insert(arguments.begin(), ERRAND_PROGRAM);
    std::vector<char*> argv;
    for (auto& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    const int output = ::open(output_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    const int errors = ::open(errors_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::unsetenv("ERRAND_STORE");
    ::unsetenv("ERRAND_CONFIG");
    if (::chdir(directory.c_str()) == 0) ::execv(argv[0], argv.data());
    ::_exit(127);
}

Program::~Program() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Program::send(int signal) const {
    ::kill(pid_, signal);
}

ProgramEnd Program::wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    ProgramEnd end;
    if (WIFEXITED(status)) end.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    end.output = content(output_);
    end.errors = content(errors_);
    return end;
}

ProgramEnd run_program(std::vector<std::string> arguments, const std::filesystem::path& directory) {
    return Program{std::move(arguments), directory}.wait();
}

}  // namespace errand::test
