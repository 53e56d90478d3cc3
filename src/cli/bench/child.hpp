#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace errand::cli::bench {

/// Another process of this very program. Its stdin ends when this object dies, which then waits for
/// it to exit; so it also ends when this process is killed.
class Child {
public:
    /// `arguments` start with the program's name. Throws Error (store_unavailable).
    explicit Child(std::vector<std::string> arguments);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// The next line of its stdout without the line break; what there is when it ends.
    [[nodiscard]] std::string read_line() const;

private:
    int stdin_ = -1;
    int stdout_ = -1;
    pid_t pid_ = -1;
};

}  // namespace errand::cli::bench
