#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace errand::campaign {

/// Who writes a history: a role's name, and which life of it this process is.
struct Identity {
    std::string node;
    std::uint64_t incarnation = 0;
};

/// What this process did and saw, for the oracle: one JSON object per line, one write() each to a
/// file opened with O_APPEND. The store under test knows nothing of it. Thread-safe. A record that
/// cannot be written ends the process: a history with holes proves nothing.
class History {
public:
    History(const std::string& path, Identity identity);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// Adds t (microseconds of CLOCK_MONOTONIC), node, inc and pid to `record`.
    void write(std::string_view op, std::string_view phase, boost::json::object record) const;

    [[nodiscard]] const Identity& identity() const noexcept { return identity_; }

private:
    Identity identity_;
    int file_;
};

/// Microseconds since 1970 by the clock that the store judges by.
[[nodiscard]] std::int64_t wall_time();

/// The arguments' fingerprint (FNV-1a, hex).
[[nodiscard]] std::string hash_of(std::string_view args);

}  // namespace errand::campaign
