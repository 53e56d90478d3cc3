// Thumbnails of pictures that strangers sent: the reader of the files is not to be trusted, so it
// works in processes of its own. One file is made to break it.
//   errand-thumbnails [STORE_URL]      default: memory:

#include "picture.hpp"

#include <errand/errand.hpp>
#include <errand/isolated.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct MakeThumbnail {
    static constexpr std::string_view job_type = "picture.thumbnail";
    static constexpr std::uint32_t max_attempts = 2;
    static constexpr auto retry = errand::RetryPolicy::fixed(10ms);
    std::string file;
    std::uint32_t width = 0;
};
BOOST_DESCRIBE_STRUCT(MakeThumbnail, (), (file, width))

std::string thumbnail_of(const std::string& file) {
    return file + ".small";
}

/// A picture of `size` by `size` pixels that get brighter from left to right.
void paint(const std::string& file, std::uint32_t size) {
    Picture picture{size, size, {}};
    for (std::uint32_t pixel = 0; pixel < size * size; ++pixel) {
        const auto light = static_cast<std::uint8_t>(pixel % size * 255 / (size - 1));
        picture.pixels.insert(picture.pixels.end(), {light, light, light});
    }
    write_ppm(file, picture);
}

/// 65,536 times 65,536 is 0 in 32 bits, and 3 times 0 bytes are soon exceeded.
void craft(const std::string& file) {
    std::ofstream{file, std::ios::binary} << "P6\n65536 65536\n255\n" << std::string(1 << 20, '!');
}

bool is_thumbnail(const std::string& file, std::uint32_t width) {
    const auto small = read_ppm(thumbnail_of(file));
    const auto& pixels = small.pixels;
    return small.width == width && pixels.front() < 10 && pixels.back() > 245;
}

bool run(const std::shared_ptr<errand::Store>& store, const fs::path& folder) {
    errand::Client client{store};
    errand::Worker worker{store};
    errand::Isolated isolated{worker, {.processes = 2, .jobs_per_process = 1'000}};
    isolated.handle<MakeThumbnail>(
        [](const MakeThumbnail& job) {
            write_ppm(thumbnail_of(job.file), scaled_down(read_ppm(job.file), job.width));
        },
        {.timeout = 30s});
    worker.start();

    std::vector<std::pair<std::string, errand::JobId>> good;
    for (const std::uint32_t size : {64U, 100U, 640U, 333U}) {
        const auto file = folder / (std::to_string(size) + ".ppm");
        paint(file, size);
        good.emplace_back(file, client.enqueue(MakeThumbnail{file, 32}).id);
    }
    const auto crafted = folder / "crafted.ppm";
    craft(crafted);
    const auto bad = client.enqueue(MakeThumbnail{crafted, 32}).id;

    bool as_expected = true;
    for (const auto& [file, id] : good) {
        const auto job = client.wait(id, 1min);
        const bool made =
            job && job->state == errand::JobState::completed && is_thumbnail(file, 32);
        std::cout << fs::path{file}.filename().string() << ": "
                  << (made ? "a thumbnail" : "no thumbnail") << '\n';
        as_expected = as_expected && made;
    }
    const auto job = client.wait(bad, 1min);
    as_expected = as_expected && job && job->state == errand::JobState::discarded;
    if (!job) return false;
    for (const auto& error : job->errors) {
        std::cout << "crafted.ppm, attempt " << error.attempt << ": " << error.type << '\n';
        as_expected = as_expected && error.kind == errand::FailureKind::crash;
    }
    std::cout << job->errors.front().backtrace << '\n';
    worker.stop();
    std::cout << "the worker is in the best of health\n";
    return as_expected && job->errors.size() == 2;
}

}  // namespace

int main(int count, char** words) {
    const auto folder =
        fs::temp_directory_path() / ("errand-thumbnails-" + std::to_string(::getpid()));
    bool good = false;
    try {
        fs::create_directories(folder);
        good = run(errand::open_store(count > 1 ? words[1] : "memory:"), folder);
    } catch (const std::exception& error) {
        std::cerr << "thumbnails: " << error.what() << '\n';
    }
    fs::remove_all(folder);
    return good ? 0 : 1;
}
