#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/commands/workflow/subcommands.hpp"
#include "cli/config.hpp"

#include <errand/workflow_document.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace errand::cli {
namespace {

std::string read_all(std::istream& input, const std::string& name) {
    std::string text;
    // One byte more than a document may have shows that it is too long.
    constexpr std::size_t most = max_workflow_document_bytes + 1;
    char buffer[64U << 10];
    while (text.size() < most && input.read(buffer, sizeof buffer).gcount() > 0)
        text.append(buffer, static_cast<std::size_t>(input.gcount()));
    if (input.bad()) {
        throw Error(ErrorCode::invalid_argument, name + ": reading failed; check the file's disk");
    }
    return text;
}

std::string read_document(const std::string& path) {
    if (path == "-") return read_all(std::cin, "stdin");
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{} cannot be read; check the path and its permissions",
                                base::quote_for_message(path)));
    }
    return read_all(file, path);
}

/// The document as a workflow; an Error names the file.
NewWorkflow workflow_of(const std::string& path, const Limits& limits) {
    const auto text = read_document(path);
    try {
        return parse_workflow(text, limits);
    } catch (const Error& error) {
        throw Error(error.code(),
                    fmt::format("{}: {}", path == "-" ? "stdin" : path, error.what()));
    }
}

ExitCode submit(const std::string& path, CommandContext& context) {
    auto workflow = workflow_of(path, context.config().limits);
    const auto jobs = workflow.jobs.size();
    Client client{context.create_store(), context.config().limits};
    const auto id = client.submit(std::move(workflow));
    if (context.json()) {
        fmt::print("{{\"id\":\"{}\",\"jobs\":{}}}\n", to_string(id), jobs);
    } else {
        fmt::print("{}\n", to_string(id));
    }
    return ExitCode::done;
}

}  // namespace

void add_workflow_submit_command(CLI::App& group, CommandContext& context) {
    const auto path = std::make_shared<std::string>();
    auto& command = context.add_command(
        group,
        {.name = "submit",
         .group = "Commands",
         .summary = "Submit a workflow from a JSON file and print its id",
         .details =
             "The file is a graph, {\"name\": …, \"jobs\": {NAME: {\"type\": …, \"args\": […], "
             "\"after\": [NAME, {\"job\": NAME, \"on_failure\": \"continue\"}]}}, \"on_complete\": "
             "{\"type\": …}}, or a workflow of the Open Job Spec: {\"type\": \"chain\", \"steps\": "
             "[…]}, {\"type\": \"group\", \"jobs\": […]} or a batch with callbacks. All jobs are "
             "inserted at once or none; what is wrong with the document is told with its place. "
             "With an \"id\" in it, submitting it again adds nothing.",
         .examples = {{"workflow submit clip.json", "Prints the workflow's id."},
                      {"workflow submit - < clip.json", "Reads stdin."},
                      {"workflow wait \"$(errand workflow submit clip.json)\"",
                       "Submits it and waits for its end."}}},
        [path, &context] { return submit(*path, context); });
    command.add_option("FILE", *path, "The document; - is stdin")->required();
}

}  // namespace errand::cli
