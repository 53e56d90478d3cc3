#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace errand::test {

/// Something that SQLite does to a file. The shared memory beside a WAL does not outlive the power
/// and counts only where it is mapped.
struct Operation {
    enum class Kind : std::uint8_t { open, read, write, truncate, sync, remove, size, map, lock };
    Kind kind;
    std::string_view path;
    std::int64_t offset = 0;  ///< of a write; the new size of a truncate
    std::span<const char> bytes{};
    /// open: the file came into being. sync, remove: the folder is synced as well.
    bool created = false, folder = false;
};

/// Sees every operation on the files of databases.
class VfsHooks {
public:
    virtual ~VfsHooks() = default;
    /// Any result but SQLITE_OK becomes the operation's, which then does not happen.
    [[nodiscard]] virtual int before(const Operation&) { return SQLITE_OK; }
    /// The operation succeeded.
    virtual void after(const Operation&) {}
};

/// While it lives, SQLite's default VFS: "unix" with hooks. Two things differ from "unix". Syncs
/// are told to the hooks and not done: nobody cuts the real power. And checkpoints begin by
/// themselves after a few pages, whatever a program asks for, so that a short script has many of
/// them. One at a time; all connections are closed before it goes.
class ShimVfs {
public:
    static constexpr int checkpoint_pages = 25;

    explicit ShimVfs(VfsHooks& hooks);
    ~ShimVfs();
    ShimVfs(const ShimVfs&) = delete;
    ShimVfs& operator=(const ShimVfs&) = delete;

    [[nodiscard]] VfsHooks& hooks() const noexcept { return hooks_; }
    [[nodiscard]] sqlite3_vfs& real() const noexcept { return real_; }

private:
    VfsHooks& hooks_;
    sqlite3_vfs& real_;
    sqlite3_vfs vfs_;
};

}  // namespace errand::test
