#include "store/sqlite/worker_file.hpp"

#include "store/sqlite/boot.hpp"

#include <errand/error.hpp>

#include <array>
#include <cassert>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace errand::sqlite {

namespace {

// The file's layout; only processes of one machine and one boot read it, so it may change freely
// together with `magic`.
constexpr std::uint64_t magic = 0x3230'4e55'5244'5245;  // "ERDRUN02"

struct Header {
    std::uint64_t magic;
    std::uint64_t slots;
    std::int64_t boot;
};

struct Slot {
    std::atomic<std::int64_t> n;
    std::atomic<std::uint64_t> seq_and_mark;  // lease_seq * 4 + mark
};

std::size_t file_bytes(std::uint64_t slots) {
    return sizeof(Header) + slots * sizeof(Slot);
}

Slot* slots_of(const MappedFile& file) noexcept {
    return reinterpret_cast<Slot*>(file.data() + sizeof(Header));
}

bool is_linked(int fd) noexcept {
    struct stat info {};
    return ::fstat(fd, &info) == 0 && info.st_nlink != 0;
}

/// Creates the file and locks it. Whoever looks for strays may take it for one until it is locked,
/// and then it is made again.
std::unique_ptr<MappedFile> create_locked(const std::string& path, std::uint32_t slots) {
    while (true) {
        auto file = std::make_unique<MappedFile>(path, file_bytes(slots));
        int locked = 0;
        do {
            locked = ::flock(file->fd(), LOCK_EX);
        } while (locked != 0 && errno == EINTR);
        if (locked != 0) {
            throw Error(ErrorCode::store_unavailable,
                        path + ": locking failed: " + std::strerror(errno));
        }
        if (is_linked(file->fd())) return file;
    }
}

}  // namespace

WorkerFile::WorkerFile(std::string path, std::uint32_t slots)
    : path_(std::move(path)), slots_(slots), file_(create_locked(path_, slots)) {
    const Header header{magic, slots, boot_number()};
    std::memcpy(file_->data(), &header, sizeof header);
}

void WorkerFile::mark(std::uint32_t slot, std::int64_t n, std::uint64_t lease_seq,
                      RunMark mark) noexcept {
    assert(slot < slots_);
    auto& cell = slots_of(*file_)[slot];
    // The number is cleared first: a process that dies in between leaves no false pair.
    if (cell.n.load(std::memory_order_relaxed) != n) {
        cell.n.store(0);
        cell.seq_and_mark.store(lease_seq * 4 + static_cast<std::uint64_t>(mark));
        cell.n.store(n);
    } else {
        cell.seq_and_mark.store(lease_seq * 4 + static_cast<std::uint64_t>(mark));
    }
}

void WorkerFile::remove() noexcept {
    ::unlink(path_.c_str());
}

WorkerLife worker_life(const std::string& path) noexcept {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return WorkerLife::unknown;
    // Asking for a shared lock writes nothing and is given back at once by close().
    const bool free = ::flock(fd, LOCK_SH | LOCK_NB) == 0;
    ::close(fd);
    return free ? WorkerLife::dead : WorkerLife::alive;
}

void remove_stray(const std::string& path, const std::function<bool()>& needed) noexcept {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    const bool stray = ::flock(fd, LOCK_EX | LOCK_NB) == 0 && !needed();
    if (stray) ::unlink(path.c_str());
    ::close(fd);
}

WorkerMarks::WorkerMarks(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    Header header{};
    if (!in.read(reinterpret_cast<char*>(&header), sizeof header)) return;
    if (header.magic != magic || header.boot != boot_number()) return;
    readable_ = true;
    std::array<std::uint64_t, 2> cell{};
    for (std::uint64_t i = 0; i < header.slots; ++i) {
        if (!in.read(reinterpret_cast<char*>(cell.data()), sizeof cell)) return;
        if (cell[0] == 0) continue;
        // A job claimed twice may stand in two slots; its newest lease counts.
        auto& entry = entries_[static_cast<std::int64_t>(cell[0])];
        if (cell[1] / 4 >= entry.lease_seq) {
            entry = {cell[1] / 4, static_cast<RunMark>(cell[1] % 4)};
        }
    }
}

std::optional<RunMark> WorkerMarks::find(std::int64_t n, std::uint64_t lease_seq) const {
    if (!readable_) return RunMark::unknown;
    const auto entry = entries_.find(n);
    if (entry == entries_.end() || entry->second.lease_seq != lease_seq) return std::nullopt;
    return entry->second.mark;
}

}  // namespace errand::sqlite
