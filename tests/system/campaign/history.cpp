#include "system/campaign/history.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace errand::campaign {

namespace {

template <class Clock>
std::int64_t microseconds() {
    const auto now = Clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

History::History(const std::string& path, Identity identity)
    : identity_(std::move(identity)),
      file_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)) {
    if (file_ < 0) std::abort();
}

History::~History() {
    ::close(file_);
}

void History::write(std::string_view op, std::string_view phase, boost::json::object record) const {
    record["t"] = microseconds<std::chrono::steady_clock>();
    record["node"] = identity_.node;
    record["inc"] = identity_.incarnation;
    record["pid"] = ::getpid();
    record["op"] = op;
    record["phase"] = phase;
    const auto line = boost::json::serialize(record) + '\n';
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
}

std::int64_t wall_time() {
    return microseconds<std::chrono::system_clock>();
}

std::string hash_of(std::string_view args) {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325U;
    for (const char byte : args) {
        hash ^= static_cast<unsigned char>(byte);
        hash *= 0x100'0000'01b3U;
    }
    return fmt::format("{:016x}", hash);
}

}  // namespace errand::campaign
