#include "cli/bench/fsync_probe.hpp"

#include "cli/bench/load.hpp"

#include <errand/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace errand::cli::bench {
namespace {

constexpr int rounds = 200;

class ProbeFile {
public:
    explicit ProbeFile(const std::filesystem::path& path)
        : path_(path),
          file_(::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) {
        if (file_ < 0) fail();
    }
    ~ProbeFile() {
        ::close(file_);
        ::unlink(path_.c_str());
    }
    ProbeFile(const ProbeFile&) = delete;
    ProbeFile& operator=(const ProbeFile&) = delete;

    void append_durably() const {
        static constexpr std::array<char, 4096> block{};
        if (::write(file_, block.data(), block.size()) != static_cast<ssize_t>(block.size()))
            fail();
        if (::fdatasync(file_) != 0) fail();
    }

private:
    [[noreturn]] void fail() const {
        throw Error(ErrorCode::store_unavailable,
                    fmt::format("cannot write {}: {}; is the disk full?", path_.string(),
                                std::generic_category().message(errno)));
    }
    std::filesystem::path path_;
    int file_;
};

}  // namespace

double measure_fsync_us(const std::filesystem::path& directory) {
    const ProbeFile file{directory / "fsync-probe"};
    std::vector<Clock::duration> times;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = Clock::now();
        file.append_durably();
        times.push_back(Clock::now() - begin);
    }
    return percentile_us(std::move(times), 0.5);
}

}  // namespace errand::cli::bench
