#pragma once

#include <sys/wait.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

// What examples share that call programs of the system and work in a folder of their own.

namespace example {

struct ToolResult {
    int exit_code = -1;
    std::string output;
};

/// Runs a shell command. Give it words by quoted() only.
inline ToolResult run_tool(const std::string& command) {
    ToolResult result;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error{"no shell for: " + command};
    char buffer[4096];
    for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        result.output.append(buffer, got);
    const int status = ::pclose(pipe);
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    return result;
}

inline std::string quoted(const std::string& word) {
    std::string text = "'";
    for (const char c : word)
        text += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return text + "'";
}

inline bool has_tool(const std::string& name) {
    return run_tool("command -v " + quoted(name) + " 2>/dev/null").exit_code == 0;
}

/// A folder that goes with this object.
class Folder {
public:
    Folder() {
        auto name = (std::filesystem::temp_directory_path() / "errand-example-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no room for a folder"};
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace example
