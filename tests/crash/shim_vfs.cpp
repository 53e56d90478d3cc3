#include "crash/shim_vfs.hpp"

#include <unistd.h>

namespace errand::test {

namespace {

using Kind = Operation::Kind;

/// What SQLite holds for an open file: this, and the real VFS's own part right behind it.
struct ShimFile {
    sqlite3_file base;
    ShimVfs* vfs;
    const char* name;  // SQLite keeps it until xClose; null for temporary files
    bool folder_sync_due;
    sqlite3* db;  // whose file it is, as far as SQLite has said so
};

ShimFile& shim(sqlite3_file* file) noexcept {
    return *reinterpret_cast<ShimFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) noexcept {
    return reinterpret_cast<sqlite3_file*>(&shim(file) + 1);
}

/// Runs `call` between the hooks.
template <class F>
int hooked(VfsHooks& hooks, const Operation& operation, F&& call) {
    if (operation.path.empty()) return call();
    int code = hooks.before(operation);
    if (code != SQLITE_OK) return code;
    code = call();
    if (code == SQLITE_OK) hooks.after(operation);
    return code;
}

template <class F>
int on_file(sqlite3_file* file, Operation operation, F&& call) {
    const auto& own = shim(file);
    if (own.name != nullptr) operation.path = own.name;
    return hooked(own.vfs->hooks(), operation, call);
}

int close_file(sqlite3_file* file) {
    return real(file)->pMethods->xClose(real(file));
}

int read(sqlite3_file* file, void* to, int count, sqlite3_int64 offset) {
    return on_file(file, {Kind::read, {}},
                   [&] { return real(file)->pMethods->xRead(real(file), to, count, offset); });
}

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
    const std::span bytes{static_cast<const char*>(from), static_cast<std::size_t>(count)};
    return on_file(file, {Kind::write, {}, offset, bytes},
                   [&] { return real(file)->pMethods->xWrite(real(file), from, count, offset); });
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    return on_file(file, {Kind::truncate, {}, size},
                   [&] { return real(file)->pMethods->xTruncate(real(file), size); });
}

/// Like "unix", the first sync of a new journal or WAL makes its name durable too.
int sync(sqlite3_file* file, int) {
    Operation operation{Kind::sync, {}};
    operation.folder = shim(file).folder_sync_due;
    const int code = on_file(file, operation, [] { return SQLITE_OK; });
    if (code == SQLITE_OK) shim(file).folder_sync_due = false;
    return code;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return on_file(file, {Kind::size, {}},
                   [&] { return real(file)->pMethods->xFileSize(real(file), size); });
}

/// A hint about the size to come makes "unix" change the file's size where it is mapped.
int size_hint(sqlite3_file* file, void* argument) {
    sqlite3_int64 before = 0;
    sqlite3_int64 after = 0;
    (void)real(file)->pMethods->xFileSize(real(file), &before);
    const int code =
        real(file)->pMethods->xFileControl(real(file), SQLITE_FCNTL_SIZE_HINT, argument);
    (void)real(file)->pMethods->xFileSize(real(file), &after);
    if (after != before && shim(file).name != nullptr) {
        shim(file).vfs->hooks().after({Kind::truncate, shim(file).name, after});
    }
    return code;
}

int file_control(sqlite3_file* file, int what, void* argument) {
    if (what == SQLITE_FCNTL_SIZE_HINT) return size_hint(file, argument);
    if (what == SQLITE_FCNTL_PDB) shim(file).db = *static_cast<sqlite3**>(argument);
    if (what == SQLITE_FCNTL_PRAGMA) {
        const std::string_view name = static_cast<char**>(argument)[1];
        if (name == "wal_autocheckpoint" && shim(file).db != nullptr) {
            return sqlite3_wal_autocheckpoint(shim(file).db, ShimVfs::checkpoint_pages);
        }
    }
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}

int map_shared(sqlite3_file* file, int page, int bytes, int extend, void volatile** to) {
    return on_file(file, {Kind::map, {}}, [&] {
        return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, to);
    });
}

int lock_file(sqlite3_file* file, int lock) {
    return on_file(file, {Kind::lock, {}},
                   [&] { return real(file)->pMethods->xLock(real(file), lock); });
}

/// Giving back a lock does not fail.
int lock_shared(sqlite3_file* file, int offset, int n, int flags) {
    const auto call = [&] { return real(file)->pMethods->xShmLock(real(file), offset, n, flags); };
    return (flags & SQLITE_SHM_LOCK) != 0 ? on_file(file, {Kind::lock, {}}, call) : call();
}

/// A read that goes through the mapped file.
int fetch(sqlite3_file* file, sqlite3_int64 offset, int bytes, void** to) {
    return on_file(file, {Kind::read, {}},
                   [&] { return real(file)->pMethods->xFetch(real(file), offset, bytes, to); });
}

const sqlite3_io_methods methods{
    .iVersion = 3,
    .xClose = close_file,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = [](sqlite3_file* f, int lock) { return real(f)->pMethods->xUnlock(real(f), lock); },
    .xCheckReservedLock =
        [](sqlite3_file* f, int* out) {
            return real(f)->pMethods->xCheckReservedLock(real(f), out);
        },
    .xFileControl = file_control,
    .xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); },
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); },
    .xShmUnmap = [](sqlite3_file* f,
                    int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); },
    .xFetch = fetch,
    .xUnfetch = [](sqlite3_file* f, sqlite3_int64 offset,
                   void* page) { return real(f)->pMethods->xUnfetch(real(f), offset, page); },
};

ShimVfs& shim_of(sqlite3_vfs* vfs) noexcept {
    return *static_cast<ShimVfs*>(vfs->pAppData);
}

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    constexpr int journals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
    auto& own = shim(file);
    own = {{nullptr}, &shim_of(vfs), name, creates && (flags & journals) != 0, nullptr};
    Operation operation{Kind::open, name != nullptr ? name : ""};
    operation.created = creates && name != nullptr && ::access(name, F_OK) != 0;
    real(file)->pMethods = nullptr;
    const int code = hooked(own.vfs->hooks(), operation, [&] {
        auto& below = own.vfs->real();
        return below.xOpen(&below, name, real(file), flags, out_flags);
    });
    if (real(file)->pMethods != nullptr) own.base.pMethods = &methods;
    return code;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    Operation operation{Kind::remove, name};
    operation.folder = sync_folder != 0;
    return hooked(shim_of(vfs).hooks(), operation, [&] {
        auto& below = shim_of(vfs).real();
        return below.xDelete(&below, name, 0);
    });
}

}  // namespace

ShimVfs::ShimVfs(VfsHooks& hooks) : hooks_(hooks), real_(*sqlite3_vfs_find("unix")), vfs_(real_) {
    // What only names files or asks the machine is taken from "unix" as it is.
    vfs_.zName = "errand-test";
    vfs_.szOsFile = static_cast<int>(sizeof(ShimFile)) + real_.szOsFile;
    vfs_.pNext = nullptr;
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 1);
}

ShimVfs::~ShimVfs() {
    sqlite3_vfs_unregister(&vfs_);
}

}  // namespace errand::test
