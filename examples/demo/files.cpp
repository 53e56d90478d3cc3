#include "demo/files.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace demo {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
    if (!file) throw std::runtime_error(path.string() + ": cannot be read");
    return content;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    auto temporary = path;
    temporary += "." + std::to_string(::getpid()) + ".new";
    std::ofstream file(temporary, std::ios::binary);
    file << content;
    file.close();
    if (!file) {
        std::filesystem::remove(temporary);
        throw std::runtime_error(path.string() + ": cannot be written");
    }
    std::filesystem::rename(temporary, path);
}

}  // namespace demo
