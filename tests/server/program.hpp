#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace errand::test {

struct ProgramEnd {
    int status = -1;  ///< exit status; -1: ended by a signal
    int signal = 0;
    std::string output;  ///< stdout
    std::string errors;  ///< stderr
};

/// The errand program, running in `directory` without the caller's ERRAND_ variables.
class Program {
public:
    Program(std::vector<std::string> arguments, const std::filesystem::path& directory);
    ~Program();  ///< killed when it still runs
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void send(int signal) const;
    ProgramEnd wait();

private:
    std::filesystem::path output_;
    std::filesystem::path errors_;
    pid_t pid_ = -1;
};

ProgramEnd run_program(std::vector<std::string> arguments, const std::filesystem::path& directory);

}  // namespace errand::test
