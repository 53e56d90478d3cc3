#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace errand::test {

/// What a program left behind.
struct ProgramResult {
    int exit_code = -1;  ///< -1: ended by a signal
    int signal = 0;      ///< that ended it; 0: none
    std::string out;
    std::string err;
};

struct ProgramOptions {
    std::string directory{};                           ///< working directory; empty: the test's own
    std::string input{};                               ///< standard input
    std::map<std::string, std::string> environment{};  ///< added to the test's own
    std::chrono::seconds timeout{60};  ///< then it is killed and std::runtime_error thrown
};

/// A running child process, with stdout and stderr going to files. Destroying it kills it.
class Program {
public:
    /// `command` is the program's path and its arguments. Throws std::system_error.
    explicit Program(std::vector<std::string> command, ProgramOptions options = {});
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    void send(int signal) const;
    /// Waits for its end; throws std::runtime_error with its output after options.timeout.
    ProgramResult wait();
    /// What it wrote so far.
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

private:
    void kill_and_reap() noexcept;
    [[nodiscard]] bool ended_within(std::chrono::seconds time) const;

    ProgramOptions options_;
    std::string name_;
    pid_t pid_ = -1;
    int pidfd_ = -1;
    int out_ = -1;
    int err_ = -1;
};

/// Runs a program to its end.
[[nodiscard]] ProgramResult run_program(std::vector<std::string> command,
                                        ProgramOptions options = {});

}  // namespace errand::test
