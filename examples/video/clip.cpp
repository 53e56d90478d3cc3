#include "video/clip.hpp"

#include <fstream>
#include <stdexcept>
#include <vector>

namespace example {
namespace {

constexpr std::string_view frame_head = "FRAME\n";
constexpr std::size_t luma_bytes = static_cast<std::size_t>(clip_width) * clip_height;
constexpr std::size_t chroma_bytes = luma_bytes / 2;  // two planes of a quarter each

std::string file_head() {
    return "YUV4MPEG2 W" + std::to_string(clip_width) + " H" + std::to_string(clip_height) + " F" +
           std::to_string(clip_rate) + ":1 Ip A1:1 C420jpeg\n";
}

void check(const std::ios& stream, const std::filesystem::path& file) {
    if (!stream) throw std::runtime_error{file.string() + " cannot be read or written whole"};
}

}  // namespace

void write_clip(const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary);
    out << file_head();
    const std::string chroma(chroma_bytes, '\x80');
    for (int frame = 0; frame < clip_frames; ++frame) {
        std::string luma;
        for (int y = 0; y < clip_height; ++y) {
            for (int x = 0; x < clip_width; ++x)
                luma += static_cast<char>((4 * x + 3 * frame + y) % 220 + 16);
        }
        out << frame_head << luma << chroma;
    }
    out.close();
    check(out, file);
}

void write_frame(const std::filesystem::path& clip, int frame,
                 const std::filesystem::path& picture) {
    std::ifstream in(clip, std::ios::binary);
    const auto frame_bytes = frame_head.size() + luma_bytes + chroma_bytes;
    in.seekg(static_cast<std::streamoff>(
        file_head().size() + static_cast<std::size_t>(frame) * frame_bytes + frame_head.size()));
    std::vector<char> luma(luma_bytes);
    in.read(luma.data(), static_cast<std::streamsize>(luma.size()));
    check(in, clip);
    std::ofstream out(picture, std::ios::binary);
    out << "P5\n" << clip_width << ' ' << clip_height << "\n255\n";
    out.write(luma.data(), static_cast<std::streamsize>(luma.size()));
    out.close();
    check(out, picture);
}

}  // namespace example
