#include "store/sqlite/worker_file.hpp"

#include "store/sqlite/boot.hpp"

#include <errand/error.hpp>

#include <array>
#include <cassert>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
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

}  // namespace

WorkerFile::WorkerFile(std::string path, std::uint32_t slots)
    : path_(std::move(path)),
      slots_(slots),
      file_(std::make_unique<MappedFile>(path_, file_bytes(slots))) {
    if (::flock(file_->fd(), LOCK_EX | LOCK_NB) != 0) {
        throw Error(ErrorCode::store_unavailable,
                    path_ + ": locking failed: " + std::strerror(errno));
    }
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
