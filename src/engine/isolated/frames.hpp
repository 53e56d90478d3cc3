#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// How a worker and its isolated processes talk over a socket: frames of a length, a kind and
// fields. Both ends are the same program on the same machine.

namespace errand::engine {

enum class FrameKind : std::uint8_t {
    // to the process
    job,
    store_reply,
    // from the process
    outcome,
    progress,
    log,
    find_effect,
    keep_effect,
    replace_effect,
    store_time,
    workflow_place,
    parent_results,
    add_to_workflow,
    crash,
};

/// What a frame may have at most; a longer one is damage.
inline constexpr std::size_t max_frame_bytes = 256U << 20;
/// What is sent as one text has room in a frame with all that goes with it.
inline constexpr std::size_t max_text_bytes = max_frame_bytes / 2;
/// Length and kind.
inline constexpr std::size_t frame_head_bytes = 5;

/// Appends fields to a buffer.
class FieldWriter {
public:
    explicit FieldWriter(std::string& out) : out_(out) {}

    FieldWriter& number(std::uint64_t value);
    FieldWriter& text(std::string_view value);

protected:
    std::string& out_;
};

/// Appends one frame to a buffer; the frame is whole when the object goes.
class FrameWriter : public FieldWriter {
public:
    FrameWriter(std::string& out, FrameKind kind);
    ~FrameWriter();
    FrameWriter(const FrameWriter&) = delete;
    FrameWriter& operator=(const FrameWriter&) = delete;

private:
    std::size_t start_;
};

/// Reads fields in the order in which they were written. One that is not there reads as 0 or ""
/// and makes what holds it damaged.
class FieldReader {
public:
    explicit FieldReader(std::string_view fields) : fields_(fields) {}

    [[nodiscard]] std::uint64_t number() noexcept;
    [[nodiscard]] std::string_view text() noexcept;
    [[nodiscard]] bool damaged() const noexcept { return damaged_; }

private:
    std::string_view fields_;
    bool damaged_ = false;
};

/// A frame that was received.
class Frame : public FieldReader {
public:
    Frame(FrameKind kind, std::string_view fields) : FieldReader(fields), kind_(kind) {}

    [[nodiscard]] FrameKind kind() const noexcept { return kind_; }

private:
    FrameKind kind_;
};

/// Received bytes, cut into frames.
class FrameBuffer {
public:
    void add(const char* data, std::size_t size) { bytes_.append(data, size); }
    /// The next whole frame; valid until add() or next() is called again. None: more bytes are
    /// needed, or broken().
    [[nodiscard]] std::optional<Frame> next();
    /// A frame claims to be longer than any may be: what comes can no longer be read.
    [[nodiscard]] bool broken() const noexcept { return broken_; }

private:
    std::string bytes_;
    std::size_t read_ = 0;
    bool broken_ = false;
};

}  // namespace errand::engine
