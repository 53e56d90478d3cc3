#include "cli/doctor/handler_checks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace errand::cli::doctor {
namespace {

namespace fs = std::filesystem;

bool can_run(const fs::path& file) {
    std::error_code ignored;
    return fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

std::string_view search_path() {
    const char* path = std::getenv("PATH");
    return path != nullptr ? path : "/usr/local/bin:/bin:/usr/bin";
}

CheckFinding check_work(const HandlerConfig& handler, const ExecOptions& exec) {
    const auto what = "handler " + handler.type;
    const auto& program = exec.command.empty() ? std::string{} : exec.command.front();
    if (const auto found = find_program(program, exec.directory, search_path())) {
        return {true, what, "runs " + *found};
    }
    return {false, what,
            fmt::format("{}: program \"{}\" is not found or cannot be run; install it or give its "
                        "full path",
                        handler.place, program)};
}

CheckFinding check_work(const HandlerConfig& handler, const HttpOptions&) {
    const auto what = "handler " + handler.type;
    if (handler.secret_env.empty()) return {true, what, "posts unsigned"};
    if (std::getenv(handler.secret_env.c_str()) != nullptr) {
        return {true, what, "posts, signed with " + handler.secret_env};
    }
    return {false, what,
            fmt::format("{}: the environment has no {}; set it to the signing secret",
                        handler.place, handler.secret_env)};
}

}  // namespace

std::optional<std::string> find_program(const std::string& program, const std::string& directory,
                                        std::string_view search_path) {
    if (program.empty()) return std::nullopt;
    if (program.find('/') != std::string::npos) {
        const auto file = fs::path{directory} / program;
        return can_run(file) ? std::optional{file.string()} : std::nullopt;
    }
    while (true) {
        const auto end = search_path.find(':');
        const auto folder = search_path.substr(0, end);
        const auto file = fs::path{folder.empty() ? "." : folder} / program;
        if (can_run(file)) return file.string();
        if (end == search_path.npos) return std::nullopt;
        search_path.remove_prefix(end + 1);
    }
}

std::vector<CheckFinding> check_handlers(const std::vector<HandlerConfig>& handlers) {
    std::vector<CheckFinding> findings;
    for (const auto& handler : handlers) {
        findings.push_back(
            std::visit([&](const auto& work) { return check_work(handler, work); }, handler.work));
    }
    return findings;
}

}  // namespace errand::cli::doctor
