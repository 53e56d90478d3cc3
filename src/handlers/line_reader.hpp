#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace errand::handlers {

/// One line without its end ("\n" or "\r\n").
struct Line {
    std::string_view text;      ///< valid during the call only
    std::size_t cut_bytes = 0;  ///< bytes beyond the bound, which are lost
};

/// How long lines may be.
struct LineBounds {
    std::size_t usual = 64U << 10;
    std::string_view
        long_prefix;  ///< lines that begin so have a bound of their own; empty: none do
    std::size_t long_line = 0;
};

/// Cuts a stream of bytes into lines, holding never more than one line within its bound.
class LineReader {
public:
    using Sink = std::function<void(const Line&)>;

    LineReader(LineBounds bounds, Sink sink) : bounds_(bounds), sink_(std::move(sink)) {}

    void feed(std::string_view bytes);
    /// The stream has ended: what it left without an end of line is a line too.
    void finish();

private:
    void keep(std::string_view bytes);
    void emit();
    [[nodiscard]] std::size_t bound() const noexcept;

    LineBounds bounds_;
    Sink sink_;
    std::string line_;
    std::size_t cut_bytes_ = 0;
    bool begun_ = false;  ///< some byte of the line came, kept or not
};

}  // namespace errand::handlers
