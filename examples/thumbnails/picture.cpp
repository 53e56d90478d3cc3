#include "picture.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <stdexcept>

namespace {

constexpr std::size_t channels = 3;

/// The sum of one channel over the part of the picture that becomes one pixel.
std::uint8_t mean(const Picture& picture, std::array<std::uint32_t, 2> columns,
                  std::array<std::uint32_t, 2> rows, std::size_t channel) {
    std::uint64_t sum = 0;
    for (auto y = rows[0]; y < rows[1]; ++y) {
        for (auto x = columns[0]; x < columns[1]; ++x) {
            sum += picture.pixels[(std::size_t{y} * picture.width + x) * channels + channel];
        }
    }
    const auto count = std::uint64_t{rows[1] - rows[0]} * (columns[1] - columns[0]);
    return static_cast<std::uint8_t>(sum / count);
}

/// The pixels that fall on pixel `i` of `count`, of `size`; at least one.
std::array<std::uint32_t, 2> part(std::uint32_t i, std::uint32_t count, std::uint32_t size) {
    const auto at = [&](std::uint32_t k) {
        return static_cast<std::uint32_t>(std::uint64_t{k} * size / count);
    };
    const auto first = std::min(at(i), size - 1);
    return {first, std::max(at(i + 1), first + 1)};
}

}  // namespace

Picture read_ppm(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    std::string magic;
    Picture picture;
    std::uint32_t most = 0;
    if (!(in >> magic >> picture.width >> picture.height >> most) || magic != "P6" || most != 255) {
        throw std::runtime_error(file + " is no PPM file of the form P6");
    }
    in.get();
    // The mistake: in 32 bits the product of a large width and height comes out small.
    const std::uint32_t bytes = picture.width * picture.height * std::uint32_t{3};
    picture.pixels.resize(bytes);
    auto* const pixels = picture.pixels.data();
    const std::size_t row = std::size_t{picture.width} * channels;
    std::vector<char> line(row);
    for (std::size_t y = 0; y < picture.height; ++y) {
        in.read(line.data(), static_cast<std::streamsize>(row));
        std::copy(line.begin(), line.end(), pixels + y * row);
    }
    return picture;
}

void write_ppm(const std::string& file, const Picture& picture) {
    std::ofstream out{file, std::ios::binary};
    out << "P6\n" << picture.width << ' ' << picture.height << "\n255\n";
    out.write(reinterpret_cast<const char*>(picture.pixels.data()),
              static_cast<std::streamsize>(picture.pixels.size()));
    if (!out.flush()) throw std::runtime_error(file + " cannot be written");
}

Picture scaled_down(const Picture& picture, std::uint32_t width) {
    Picture small;
    small.width = std::clamp<std::uint32_t>(width, 1, picture.width);
    small.height =
        std::max<std::uint32_t>(1, std::uint64_t{picture.height} * small.width / picture.width);
    for (std::uint32_t y = 0; y < small.height; ++y) {
        for (std::uint32_t x = 0; x < small.width; ++x) {
            for (std::size_t channel = 0; channel < channels; ++channel) {
                small.pixels.push_back(mean(picture, part(x, small.width, picture.width),
                                            part(y, small.height, picture.height), channel));
            }
        }
    }
    return small;
}
