#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

namespace errand::test {

/// What the C library makes of a zone: a second opinion that shares no code with ours. It lives in
/// the variable TZ, so there is one at a time, on one thread.
class LibcZone {
public:
    explicit LibcZone(const std::string& name);
    ~LibcZone();
    LibcZone(const LibcZone&) = delete;
    LibcZone& operator=(const LibcZone&) = delete;

    [[nodiscard]] static std::tm local(std::int64_t utc_seconds);
    /// Local time as seconds: what a clock shows, counted as if it were UTC.
    [[nodiscard]] static std::int64_t shown(std::int64_t utc_seconds) {
        return utc_seconds + local(utc_seconds).tm_gmtoff;
    }
    /// The seconds in [begin, end) at which the offset changes.
    [[nodiscard]] static std::vector<std::int64_t> changes(std::int64_t begin, std::int64_t end);
};

}  // namespace errand::test
