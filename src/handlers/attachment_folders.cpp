#include "handlers/attachment_folders.hpp"

#include "base/text.hpp"
#include "base/unique_fd.hpp"

#include <errand/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace errand::handlers {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(ErrorCode code, std::string_view path, std::string_view reason) {
    throw Error(code, fmt::format("{} {}", base::quote_for_message(path), reason));
}

bool lies_beneath(const fs::path& path, const fs::path& folder) {
    const auto [in_folder, in_path] =
        std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return in_folder == folder.end() && in_path != path.end();
}

bool lies_beneath_any(const fs::path& path, const std::vector<std::string>& folders) {
    return std::ranges::any_of(folders,
                               [&](const auto& folder) { return lies_beneath(path, folder); });
}

std::string descriptor_path(const base::UniqueFd& file) {
    return fmt::format("/proc/self/fd/{}", file.get());
}

std::string contents(const base::UniqueFd& file, std::string_view path, std::uint64_t most_bytes) {
    std::string text;
    constexpr std::size_t step = 64U << 10;
    while (true) {
        const auto size = text.size();
        if (size > most_bytes) break;  // it grew since its size was asked for
        text.resize(size + step);
        const auto count = ::read(file.get(), text.data() + size, step);
        text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count == 0) return text;
        if (count < 0 && errno != EINTR) refuse(ErrorCode::not_found, path, "cannot be read");
    }
    refuse(ErrorCode::limit_exceeded, path,
           fmt::format("and what is attached with it have more than the limit; {} bytes were left "
                       "for it",
                       most_bytes));
}

}  // namespace

AttachmentFolders::AttachmentFolders(const std::vector<std::string>& folders) {
    for (const auto& folder : folders) {
        std::error_code error;
        const auto real = fs::canonical(folder, error);
        if (error || !fs::is_directory(real, error))
            refuse(ErrorCode::invalid_argument, folder, "is no folder: create it, or correct it");
        folders_.push_back(real.string());
        auto given = fs::absolute(folder).lexically_normal();
        if (!given.has_filename()) given = given.parent_path();  // "/srv/" is "/srv"
        given_.push_back(given.string());
    }
}

std::string AttachmentFolders::read(std::string_view path, std::uint64_t most_bytes) const {
    if (path.find('\0') != path.npos) refuse(ErrorCode::invalid_argument, path, "has a NUL");
    const fs::path wanted = fs::path{path}.lexically_normal();
    // By the text first: whether a file elsewhere exists is nobody's business.
    const bool named = wanted.is_absolute()
                           ? lies_beneath_any(wanted, folders_) || lies_beneath_any(wanted, given_)
                           : !wanted.empty() && *wanted.begin() != "..";
    base::UniqueFd found;
    for (const auto& folder : folders_) {
        if (!named || found.is_open()) break;
        const auto full = wanted.is_absolute() ? wanted : fs::path{folder} / wanted;
        found = base::UniqueFd{::open(full.c_str(), O_PATH | O_CLOEXEC)};  // opens nothing yet
    }
    if (named && !found.is_open() && !folders_.empty())
        refuse(ErrorCode::not_found, path, "is not there");

    std::error_code error;
    struct stat status {};
    const bool is_inside =
        found.is_open() && ::fstat(found.get(), &status) == 0 && status.st_nlink > 0 &&
        lies_beneath_any(fs::read_symlink(descriptor_path(found), error), folders_) && !error;
    if (!is_inside) {
        refuse(ErrorCode::invalid_argument, path,
               "does not lie beneath a folder for attachments: move it there, or have the "
               "worker's configuration allow its folder");
    }
    if (!S_ISREG(status.st_mode)) refuse(ErrorCode::invalid_argument, path, "is no regular file");
    if (static_cast<std::uint64_t>(status.st_size) > most_bytes) {
        refuse(ErrorCode::limit_exceeded, path,
               fmt::format("has {} bytes, and {} are left of what may be attached to one mail",
                           status.st_size, most_bytes));
    }
    const base::UniqueFd file{
        ::open(descriptor_path(found).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file.is_open()) refuse(ErrorCode::not_found, path, "cannot be read");
    return contents(file, path, most_bytes);
}

}  // namespace errand::handlers
