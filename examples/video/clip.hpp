#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace example {

inline constexpr int clip_width = 64, clip_height = 48, clip_frames = 50, clip_rate = 25;

/// Writes two seconds of a moving ramp as uncompressed video (YUV4MPEG2), which players and ffmpeg
/// read.
void write_clip(const std::filesystem::path& file);

/// The brightness of one frame of such a file as a picture (PGM). Throws when the file is cut off.
void write_frame(const std::filesystem::path& clip, int frame,
                 const std::filesystem::path& picture);

}  // namespace example
