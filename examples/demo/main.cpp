#include "demo/files.hpp"
#include "demo/handlers.hpp"
#include "demo/job.hpp"
#include "demo/smtp_sink.hpp"

#include <charconv>
#include <cstdio>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace {

using Options = std::map<std::string_view, std::string_view>;

constexpr int bad_usage = 2;

constexpr const char* usage =
    "usage: errand-demo TYPE             performs a job as an exec handler\n"
    "       errand-demo smtp-sink --port N --out FOLDER --port-file FILE\n"
    "       errand-demo answers          prints a result of docs.search readably\n"
    "types: docs.parse docs.vectorise docs.search notify.email demo.flaky demo.impossible\n";

const std::map<std::string_view, void (*)()>& commands() {
    static const std::map<std::string_view, void (*)()> all{
        {"docs.parse", demo::parse_document},    {"docs.vectorise", demo::vectorise},
        {"docs.search", demo::search_documents}, {"notify.email", demo::send_notification},
        {"demo.flaky", demo::fail_twice},        {"demo.impossible", demo::be_impossible},
        {"answers", demo::print_answers},
    };
    return all;
}

/// "--name value" pairs; what is no pair ends up under a name that nobody asks for.
Options read_options(std::span<char*> words) {
    Options options;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
        options[words[i]] = words[i + 1];
    return options;
}

int smtp_sink(const Options& options) {
    std::uint16_t port = 0;
    const auto text = options.at("--port");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size()) {
        std::fputs("errand-demo: --port must be a number from 0 to 65535\n", stderr);
        return bad_usage;
    }
    demo::Mailbox mailbox{options.at("--out")};
    demo::run_smtp_sink(port, mailbox, [&](std::uint16_t taken) {
        demo::write_file(options.at("--port-file"), std::to_string(taken) + "\n");
        std::printf("taking mail on 127.0.0.1:%d\n", taken);
        std::fflush(stdout);
    });
    return 0;
}

int run(std::span<char*> words) {
    const std::string_view name = words.size() > 1 ? words[1] : "";
    if (name == "smtp-sink") {
        const Options options = read_options(words.subspan(2));
        if (options.contains("--port") && options.contains("--out") &&
            options.contains("--port-file")) {
            return smtp_sink(options);
        }
    } else if (const auto command = commands().find(name); command != commands().end()) {
        command->second();
        return 0;
    }
    std::fputs(usage, stderr);
    return bad_usage;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run({words, static_cast<std::size_t>(count)});
    } catch (const demo::Discard& discard) {
        demo::report_discard(discard.what());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
