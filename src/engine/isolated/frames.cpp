#include "engine/isolated/frames.hpp"

#include <cstring>

namespace errand::engine {
namespace {

using Length = std::uint32_t;

}  // namespace

FrameWriter::FrameWriter(std::string& out, FrameKind kind) : FieldWriter(out), start_(out.size()) {
    out_.append(sizeof(Length), '\0');
    out_ += static_cast<char>(kind);
}

FrameWriter::~FrameWriter() {
    const auto length = static_cast<Length>(out_.size() - start_);
    std::memcpy(out_.data() + start_, &length, sizeof length);
}

FieldWriter& FieldWriter::number(std::uint64_t value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof bytes);
    return *this;
}

FieldWriter& FieldWriter::text(std::string_view value) {
    number(value.size());
    out_.append(value);
    return *this;
}

std::uint64_t FieldReader::number() noexcept {
    std::uint64_t value = 0;
    if (fields_.size() < sizeof value) {
        damaged_ = true;
        fields_ = {};
        return 0;
    }
    std::memcpy(&value, fields_.data(), sizeof value);
    fields_.remove_prefix(sizeof value);
    return value;
}

std::string_view FieldReader::text() noexcept {
    const auto size = number();
    if (size > fields_.size()) {
        damaged_ = true;
        fields_ = {};
        return {};
    }
    const auto value = fields_.substr(0, size);
    fields_.remove_prefix(size);
    return value;
}

std::optional<Frame> FrameBuffer::next() {
    const std::string_view rest = std::string_view{bytes_}.substr(read_);
    Length length = 0;
    if (!broken_ && rest.size() >= frame_head_bytes) {
        std::memcpy(&length, rest.data(), sizeof length);
        broken_ = length < frame_head_bytes || length > max_frame_bytes;
    }
    if (broken_ || length == 0 || rest.size() < length) {
        bytes_.erase(0, read_);
        read_ = 0;
        return {};
    }
    read_ += length;
    const auto kind = static_cast<FrameKind>(rest[sizeof length]);
    return Frame{kind, rest.substr(frame_head_bytes, length - frame_head_bytes)};
}

}  // namespace errand::engine
