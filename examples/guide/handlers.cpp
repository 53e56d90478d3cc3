#include "guide/guide.hpp"

#include <filesystem>
#include <fstream>

namespace guide {
namespace {

using std::filesystem::exists;

struct Resize {
    static constexpr std::string_view job_type = "image.resize";
    static constexpr std::uint32_t max_attempts = 5;
    std::string file;
    int width = 800;
};
BOOST_DESCRIBE_STRUCT(Resize, (), (file, width))

constexpr int rows = 3;

void resize_row(std::ostream& out, int row, int width) {
    out << row << ": " << width << "\n";
}

}  // namespace

void handlers(const Store& store) {
    std::ofstream out{"picture"};
    errand::Worker worker{store};
    worker.handle<Resize>(
        [&](const Resize& args, errand::Context& job) -> errand::Outcome {
            if (!exists(args.file)) return errand::Outcome::discard("no such file: " + args.file);
            for (int row = 0; row < rows; ++row) {
                if (job.stop_requested()) return errand::Outcome::retry_in(std::chrono::seconds{0});
                job.progress(row, rows, "resizing");
                resize_row(out, row, args.width);
            }
            return errand::Outcome::done(R"({"width": 800})");
        },
        {.timeout = std::chrono::minutes{5}});

    errand::Client client{store};
    const auto good = client.enqueue(Resize{"picture"}).id;
    const auto bad = client.enqueue(Resize{"gone"}).id;
    worker.start();
    expect(end_of(client, good) == errand::JobState::completed);
    expect(client.find(good)->result == R"({"width": 800})");
    expect(end_of(client, bad) == errand::JobState::discarded);
}

}  // namespace guide
