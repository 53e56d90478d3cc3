#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// A picture in memory: three bytes a pixel, row by row.
struct Picture {
    std::uint32_t width = 0, height = 0;
    std::vector<std::uint8_t> pixels;
};

/// Reads a file of the form P6 (https://netpbm.sourceforge.net/doc/ppm.html). It trusts the header,
/// as many a reader of pictures does: one that lies about the size makes it write beyond its
/// memory. Throws std::runtime_error for what is no P6 file.
[[nodiscard]] Picture read_ppm(const std::string& file);
/// Throws std::runtime_error.
void write_ppm(const std::string& file, const Picture& picture);

/// The mean of the pixels that fall on each pixel of the thumbnail, which is `width` wide and as
/// high as the proportions ask for, at least 1.
[[nodiscard]] Picture scaled_down(const Picture& picture, std::uint32_t width);
