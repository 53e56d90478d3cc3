#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace errand::base {

/// A log that keeps its beginning and its end within a bound: what falls out of the middle is
/// counted and the text says so. Lines are made valid UTF-8. Not thread-safe.
class BoundedLog {
public:
    explicit BoundedLog(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    void add_line(std::string_view line);
    [[nodiscard]] bool empty() const noexcept { return head_.empty() && tail_.empty(); }
    /// Beginning, a line "… 12345 bytes cut …" where something is missing, end; at most max_bytes.
    [[nodiscard]] std::string text() const;
    /// The last whole lines within `max_bytes`, without the final line break; where the last line
    /// alone is longer, its end.
    [[nodiscard]] std::string tail(std::size_t max_bytes) const;

private:
    std::size_t max_bytes_;
    std::string head_;
    std::string tail_;
    std::size_t cut_bytes_ = 0;
};

}  // namespace errand::base
