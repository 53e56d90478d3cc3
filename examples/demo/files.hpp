#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace demo {

/// Throws std::runtime_error naming the file.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// Replaces the file in one step, its folder is made when missing: readers see the old content or
/// the new, and a handler that runs twice leaves one file. Throws std::runtime_error naming the
/// file.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace demo
