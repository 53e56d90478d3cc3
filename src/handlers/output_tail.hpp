#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace errand::handlers {

/// The last lines of an output, at most `max_bytes` of them; of a longer last line its end.
class OutputTail {
public:
    explicit OutputTail(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// `line` is valid UTF-8 without an end of line.
    void add_line(std::string_view line);
    /// Lines with "\n" between them; empty when there was none.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::size_t max_bytes_;
    std::string text_;
};

}  // namespace errand::handlers
