#pragma once

#include <errand/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace errand::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the run: the fuzzer keeps the input.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

/// Bad input may be refused, by errand::Error and nothing else. True: it was accepted.
template <class F>
bool accepted(F&& read) {
    try {
        read();
        return true;
    } catch (const Error& error) {
        require(*error.what() != '\0', "an error without a message");
        return false;
    }
}

/// Takes numbers off the front of an input; zeros when it has run out.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    std::uint8_t byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    std::int64_t int64() {
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i)
            value = value << 8 | byte();
        return static_cast<std::int64_t>(value);
    }
    /// Up to `most` bytes, as many as the next byte says.
    std::string_view text(std::size_t most) {
        const auto count = std::size_t{byte()} % (most + 1);
        const auto taken = count < size_ ? count : size_;
        const auto text = text_of(data_, taken);
        data_ += taken;
        size_ -= taken;
        return text;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

}  // namespace errand::fuzz
