// A clip goes through a pipeline: it is encoded, then thumbnails and subtitles are made of it at
// once, then all of it is published. ffmpeg encodes it where there is one.
//   errand-video [STORE_URL]      default: memory:

#include "support/tool.hpp"
#include "video/clip.hpp"

#include <errand/errand.hpp>

#include <fstream>
#include <iostream>

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct Encode {
    static constexpr std::string_view job_type = "clip.encode";
    static constexpr errand::Duration timeout = std::chrono::minutes{1};
    std::string source;
};
BOOST_DESCRIBE_STRUCT(Encode, (), (source))

/// What encode makes, and the jobs after it get.
struct Clip {
    std::string source, file;
    int frames = 0;
};
BOOST_DESCRIBE_STRUCT(Clip, (), (source, file, frames))

struct Thumbnails {
    static constexpr std::string_view job_type = "clip.thumbnails";
    int count = 3;
};
BOOST_DESCRIBE_STRUCT(Thumbnails, (), (count))

struct Subtitles {
    static constexpr std::string_view job_type = "clip.subtitles";
    std::vector<std::string> lines;
};
BOOST_DESCRIBE_STRUCT(Subtitles, (), (lines))

struct Publish {
    static constexpr std::string_view job_type = "clip.publish";
    std::string title;
};
BOOST_DESCRIBE_STRUCT(Publish, (), (title))

Clip encode(const Encode& args, errand::Context& job) {
    const fs::path source = args.source;
    auto file = fs::path{source}.replace_extension(".mp4");
    if (example::has_tool("ffmpeg")) {
        const auto result =
            example::run_tool("ffmpeg -v error -y -i " + example::quoted(source.string()) + ' ' +
                              example::quoted(file.string()) + " 2>&1");
        if (result.exit_code != 0) throw std::runtime_error{"ffmpeg: " + result.output};
    } else {
        job.log("ffmpeg is not installed: the clip is published uncompressed");
        file = fs::path{source}.replace_extension(".published.y4m");
        fs::copy_file(source, file, fs::copy_options::overwrite_existing);
    }
    return {source.string(), file.string(), example::clip_frames};
}

std::vector<std::string> make_thumbnails(const Thumbnails& args, errand::Context& job) {
    const auto clip = job.parent_result<Clip>("encode");
    std::vector<std::string> pictures;
    for (int i = 0; i < args.count; ++i) {
        const auto picture =
            fs::path{clip.source}.replace_extension("." + std::to_string(i) + ".pgm");
        example::write_frame(clip.source, i * clip.frames / args.count, picture);
        pictures.push_back(picture.string());
        job.progress(static_cast<std::uint64_t>(i) + 1, static_cast<std::uint64_t>(args.count));
    }
    return pictures;
}

/// The lines one after the other over the length of the clip, in the form of SubRip.
std::string make_subtitles(const Subtitles& args, errand::Context& job) {
    const auto clip = job.parent_result<Clip>("encode");
    const auto file = fs::path{clip.source}.replace_extension(".srt");
    const int length = 1'000 * clip.frames / example::clip_rate;
    const int step = length / static_cast<int>(args.lines.size());
    const auto moment = [](int milliseconds) {
        const auto text = std::to_string(milliseconds % 1'000);
        return "00:00:0" + std::to_string(milliseconds / 1'000) + ',' +
               std::string(3 - text.size(), '0') + text;
    };
    std::ofstream out(file);
    for (int i = 0; i < static_cast<int>(args.lines.size()); ++i) {
        out << i + 1 << '\n'
            << moment(i * step) << " --> " << moment((i + 1) * step) << '\n'
            << args.lines[static_cast<std::size_t>(i)] << "\n\n";
    }
    return file.string();
}

/// A page with all that was made.
std::string publish(const Publish& args, errand::Context& job) {
    const auto clip = job.parent_result<Clip>("encode");
    const auto page = fs::path{clip.source}.replace_extension(".html");
    std::ofstream out(page);
    out << "<h1>" << args.title << "</h1><video src=\"" << clip.file << "\"><track src=\""
        << job.parent_result<std::string>("subtitles") << "\"></video>\n";
    for (const auto& picture : job.parent_result<std::vector<std::string>>("thumbnails"))
        out << "<img src=\"" << picture << "\">\n";
    return page.string();
}

bool run(const std::shared_ptr<errand::Store>& store) {
    const example::Folder folder;
    const auto source = folder.path() / "clip.y4m";
    example::write_clip(source);

    errand::Worker worker{store, {.queues = {{"default", 2}}}};
    worker.handle<Encode>(encode);
    worker.handle<Thumbnails>(make_thumbnails);
    worker.handle<Subtitles>(make_subtitles);
    worker.handle<Publish>(publish);

    errand::WorkflowBuilder flow{"clip"};
    const auto encoded = flow.add("encode", Encode{source.string()});
    const auto extras =
        flow.group({flow.add("thumbnails", Thumbnails{}),
                    flow.add("subtitles", Subtitles{{"A ramp moves.", "It is still moving."}})})
            .after(encoded);
    flow.add("publish", Publish{"A moving ramp"}).after(extras).after(encoded);
    errand::Client client{store};
    const auto id = client.submit(flow.build());
    worker.start();
    const auto end = client.wait_workflow(id, 1min);
    worker.stop();
    if (!end) return false;
    std::cout << "the pipeline is " << to_string(end->state) << "\n";
    for (const auto& job : client.workflow_jobs(id)) {
        std::cout << job.name << ": " << client.find(job.id)->result << "\n";
        for (const auto& log : client.logs(job.id))
            std::cout << "  " << log.text << "\n";
    }
    const auto page = fs::path{source}.replace_extension(".html");
    return end->state == errand::WorkflowState::completed && fs::file_size(page) > 0 &&
           fs::file_size(folder.path() / "clip.2.pgm") > 3'000 &&
           fs::file_size(folder.path() / "clip.srt") > 50;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "video: " << error.what() << '\n';
        return 1;
    }
}
