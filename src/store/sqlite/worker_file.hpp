#pragma once

#include "store/sqlite/mapped_file.hpp"

#include <errand/store/types.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace errand::sqlite {

/// A live worker's file in the run folder. Its lock (flock) tells others that the worker lives: the
/// kernel drops it with the process, whatever the process died of. Its mapped slots tell how far
/// each leased job got; the page cache keeps them when the process is killed. After a loss of power
/// they mean nothing, which the boot id in the header shows.
class WorkerFile {
public:
    /// Creates the file and locks it. Throws Error (store_unavailable).
    WorkerFile(std::string path, std::uint32_t slots);
    /// Drops the lock; the file stays for the one who looks after a crash.
    ~WorkerFile() = default;

    /// As WorkerSession::mark().
    void mark(std::uint32_t slot, std::int64_t n, std::uint64_t lease_seq, RunMark mark) noexcept;
    /// Removes the file: the worker leaves on purpose.
    void remove() noexcept;

private:
    std::string path_;
    std::uint32_t slots_;
    std::unique_ptr<MappedFile> file_;
};

/// What a file tells about its worker. `dead` only when the lock is certainly free; a missing file
/// says nothing (unknown), and then the leases' own time decides.
enum class WorkerLife { alive, dead, unknown };
[[nodiscard]] WorkerLife worker_life(const std::string& path) noexcept;

/// Removes a file whose worker is dead, unless `needed()`, which is asked under the file's lock and
/// may not throw. A worker that dies while it joins or leaves may leave a file of which the store
/// does not know.
void remove_stray(const std::string& path, const std::function<bool()>& needed) noexcept;

/// The marks that a worker's file holds, for looking up lost leases.
class WorkerMarks {
public:
    explicit WorkerMarks(const std::string& path);

    /// None: the lease is in no slot. unknown: the file is from another boot or unreadable.
    [[nodiscard]] std::optional<RunMark> find(std::int64_t n, std::uint64_t lease_seq) const;

private:
    struct Entry {
        std::uint64_t lease_seq = 0;
        RunMark mark = RunMark::claimed;
    };
    bool readable_ = false;
    std::unordered_map<std::int64_t, Entry> entries_;
};

}  // namespace errand::sqlite
