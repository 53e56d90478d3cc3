#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/commands/workflow/subcommands.hpp"
#include "cli/workflow/picture.hpp"
#include "cli/workflow/view.hpp"
#include "client/workflow_json.hpp"

#include <fmt/format.h>

#include <fstream>

namespace errand::cli {
namespace {

struct ShowFlags {
    std::string id;
    bool dot = false;
    std::optional<std::string> svg;
};

/// Graphs with more nodes are drawn with one node for jobs in the same place.
constexpr std::size_t picture_nodes = 300;

void write_picture(const std::string& path, const std::string& text) {
    if (path.empty() || path == "-") {
        fmt::print("{}", text);
        return;
    }
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--svg: {} cannot be written; check the path and the disk",
                                base::quote_for_message(path)));
    }
}

std::string svg_of(const WorkflowView& view, Graph graph) {
    if (graph.nodes.size() > picture_nodes) graph = collapsed(graph);
    if (is_too_large(graph, picture_nodes)) {
        throw Error(ErrorCode::limit_exceeded,
                    fmt::format("--svg: a picture of {} different places in a graph is not "
                                "readable; use --dot with a program for large graphs",
                                grouped(graph.nodes.size())));
    }
    return svg_text(view, graph);
}

ExitCode show(const ShowFlags& flags, CommandContext& context) {
    const auto id = parse_workflow_id(flags.id);
    if (flags.dot && flags.svg) {
        throw Error(ErrorCode::invalid_argument, "give --dot or --svg, not both");
    }
    const Client client = context.open_client();
    const auto view = required_workflow(client, id);
    const auto jobs = client.workflow_jobs(id);
    if (context.json()) {
        fmt::print("{}\n", to_json_text(view, jobs));
        return ExitCode::done;
    }
    const auto graph = graph_of(jobs);
    if (flags.dot) {
        fmt::print("{}", dot_text(view, graph));
    } else if (flags.svg) {
        write_picture(*flags.svg, svg_of(view, graph));
    } else {
        const auto width = is_terminal(stdout) ? terminal_width(stdout) : 0;
        fmt::print("{}", workflow_details(view, graph,
                                          {client.store()->now(), width, shows_colour(stdout)}));
    }
    return ExitCode::done;
}

}  // namespace

void add_workflow_show_command(CLI::App& group, CommandContext& context) {
    const auto flags = std::make_shared<ShowFlags>();
    auto& command = context.add_command(
        group,
        {.name = "show",
         .group = "Commands",
         .summary = "Show a workflow: its state, progress, and graph",
         .details =
             "The graph is drawn from left to right: what stands to the right of a job waits for "
             "it. Jobs in the same place of a large workflow are drawn as one, and what is too "
             "large or too wide for that becomes a table by layer. With --json: one document with "
             "state, progress, counts, jobs (name, id, type, state, after, progress) and "
             "callbacks.",
         .examples = {{"workflow show 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d", "For people."},
                      {"workflow show 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d --json",
                       "One JSON document."},
                      {"workflow show 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d --svg clip.svg",
                       "Writes a picture with the states as colours."},
                      {"workflow show 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d --dot | dot -Tpng",
                       "For Graphviz."}}},
        [flags, &context] { return show(*flags, context); });
    command.add_option("ID", flags->id, "The workflow's id")->required();
    command.add_flag("--dot", flags->dot, "Print the graph in the language of Graphviz");
    command
        .add_option_function<std::string>(
            "--svg", [flags](const std::string& path) { flags->svg = path; },
            "Write a picture to FILE (default: stdout)")
        ->type_name("[FILE]")
        ->expected(0, 1)
        ->default_str("-");
}

}  // namespace errand::cli
