#include "cli/doctor/machine_checks.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace errand::cli::doctor {
namespace {

struct FileSystem {
    std::uint32_t magic;  ///< statfs(2) f_type
    std::string_view name;
    bool local;
};

constexpr std::array file_systems{
    FileSystem{0x0000ef53, "ext4", true},      FileSystem{0x58465342, "xfs", true},
    FileSystem{0x9123683e, "btrfs", true},     FileSystem{0x01021994, "tmpfs", true},
    FileSystem{0x794c7630, "overlayfs", true}, FileSystem{0x2fc12fc1, "zfs", true},
    FileSystem{0xf2f52010, "f2fs", true},      FileSystem{0x65735546, "fuse", true},
    FileSystem{0x00006969, "nfs", false},      FileSystem{0x0000517b, "smb", false},
    FileSystem{0xff534d42, "cifs", false},     FileSystem{0xfe534d42, "smb2", false},
    FileSystem{0x01021997, "9p", false},       FileSystem{0x00c36400, "ceph", false},
    FileSystem{0x0bd00bd0, "lustre", false},   FileSystem{0x5346414f, "afs", false},
    FileSystem{0x47504653, "gpfs", false},
};

}  // namespace

CheckFinding check_open_files() {
    constexpr rlim_t wanted = 1'024;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const auto count = limit.rlim_cur == RLIM_INFINITY ? std::string{"unlimited"}
                                                       : fmt::format("{}", limit.rlim_cur);
    if (limit.rlim_cur >= wanted) return {true, "open files", count + " allowed"};
    return {false, "open files",
            fmt::format("only {} allowed; raise it to {} with `ulimit -n` or LimitNOFILE=", count,
                        wanted)};
}

CheckFinding check_file_system(const std::filesystem::path& directory) {
    struct statfs info {};
    if (::statfs(directory.c_str(), &info) != 0) {
        return {false, "file system",
                fmt::format("{} cannot be looked at: {}", directory.string(),
                            std::generic_category().message(errno))};
    }
    const auto magic = static_cast<std::uint32_t>(info.f_type);
    const auto found = std::ranges::find(file_systems, magic, &FileSystem::magic);
    if (found == file_systems.end()) {
        return {true, "file system", fmt::format("type {:#x}, not known as a network one", magic)};
    }
    if (found->local) return {true, "file system", std::string{found->name}};
    return {false, "file system",
            fmt::format("{} is a network file system, on which SQLite is not safe; move the store "
                        "to a local disk",
                        found->name)};
}

CheckFinding check_clock(Timestamp store_now, Timestamp machine_now) {
    constexpr auto tolerance = std::chrono::seconds{2};
    constexpr Timestamp earliest = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1};
    if (machine_now < earliest) {
        return {false, "clock",
                fmt::format("the machine says {}; set its clock", format_timestamp(machine_now))};
    }
    const auto difference = std::chrono::abs(store_now - machine_now);
    const auto text = format_duration(difference);
    if (difference <= tolerance) {
        return {true, "clock", fmt::format("store and machine are {} apart", text)};
    }
    return {false, "clock",
            fmt::format("store and machine are {} apart; synchronise the machine's clock", text)};
}

}  // namespace errand::cli::doctor
