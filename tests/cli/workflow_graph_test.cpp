#include "cli/workflow/layout.hpp"
#include "cli/workflow/picture.hpp"
#include "cli/workflow/terminal_graph.hpp"
#include "cli/workflow/view.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace errand::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

WorkflowJobView job(std::string name, std::vector<Dependency> after = {},
                    JobState state = JobState::pending) {
    WorkflowJobView view;
    view.name = std::move(name);
    view.type = "t";
    view.state = state;
    view.after = std::move(after);
    return view;
}

Graph video() {
    return graph_of({job("encode", {}, JobState::completed),
                     job("thumbnails", {{"encode"}}, JobState::active),
                     job("subtitles", {{"encode", OnFailure::go_on}}, JobState::available),
                     job("publish", {{"thumbnails"}, {"subtitles"}, {"encode"}})});
}

/// Ten thousand jobs between two others.
Graph fan(std::size_t count) {
    std::vector<WorkflowJobView> jobs{job("plan", {}, JobState::completed), job("sum")};
    for (std::size_t i = 0; i < count; ++i) {
        auto part = job("part-" + std::to_string(i + 1), {{"plan"}},
                        i % 2 == 0 ? JobState::completed : JobState::available);
        jobs[1].after.push_back({part.name});
        jobs.push_back(std::move(part));
    }
    return graph_of(jobs);
}

WorkflowView view_of(const Graph& graph) {
    WorkflowView view;
    view.name = "clip <17> & \"more\"";
    view.counts.completed = graph.nodes.size();
    return view;
}

TEST(WorkflowGraph, DrawsWhatComesAfterWhat) {
    EXPECT_EQ(terminal_graph(video(), 100, false).value_or("none"),
              "          ┌─▶ ● thumbnails ─┐\n"
              "✔ encode ─┼─▷ ○ subtitles ──┼─▶ ◌ publish\n"
              "          └─────────────────┘\n");
}

TEST(WorkflowGraph, LinesThatCrossDoNotMeet) {
    const auto graph = graph_of(
        {job("a"), job("b"), job("c", {{"a"}, {"b"}}), job("d", {{"a"}}), job("e", {{"b"}})});
    const auto text = terminal_graph(graph, 100, false).value_or("none");
    for (const auto* name : {"◌ a", "◌ b", "◌ c", "◌ d", "◌ e"})
        EXPECT_THAT(text, HasSubstr(name));
}

TEST(WorkflowGraph, AGraphThatIsTooWideIsNotDrawn) {
    EXPECT_FALSE(terminal_graph(video(), 20, false));
}

TEST(WorkflowGraph, JobsInTheSamePlaceBecomeOne) {
    const auto graph = collapsed(fan(10'000));
    ASSERT_EQ(graph.nodes.size(), 3U);
    EXPECT_EQ(graph.lines.size(), 2U);
    const auto& parts = graph.nodes[2];
    EXPECT_EQ(parts.label, "part ×10,000");
    EXPECT_EQ(parts.count(), 10'000U);
    EXPECT_EQ(parts.ended(), 5'000U);
    EXPECT_EQ(parts.look(), Look::ready);
    EXPECT_THAT(workflow_details(view_of(graph), fan(100), {}), HasSubstr("○ part ×100 50/100"));
}

TEST(WorkflowGraph, WhatCannotBeDrawnBecomesATableByLayer) {
    std::vector<WorkflowJobView> jobs{job("first")};
    for (int i = 0; i < 100; ++i)
        jobs.push_back(
            job("n" + std::to_string(i), {{jobs[static_cast<std::size_t>(i) / 2].name}}));
    const auto text = workflow_details({}, graph_of(jobs), {});
    EXPECT_THAT(text, HasSubstr("LAYER"));
    EXPECT_THAT(text, HasSubstr("first"));
}

TEST(WorkflowGraph, EveryLineLeadsToTheNextLayerAndNoTwoJobsShareAPlace) {
    std::vector<WorkflowJobView> jobs;
    std::uint32_t seed = 7;
    const auto next = [&seed](std::uint32_t below) {
        seed = seed * 1'664'525U + 1'013'904'223U;
        return (seed >> 8U) % below;
    };
    for (std::uint32_t i = 0; i < 60; ++i) {
        std::set<std::string> parents;
        for (std::uint32_t edge = 0; i > 0 && edge < next(4); ++edge)
            parents.insert("n" + std::to_string(next(i)));
        std::vector<Dependency> after;
        for (const auto& parent : parents)
            after.push_back({parent});
        jobs.push_back(job("n" + std::to_string(i), after));
    }
    const auto graph = graph_of(jobs);
    const auto layout = layout_of(graph);
    for (const auto& line : layout.lines)
        EXPECT_EQ(layout.places[line.to].layer, layout.places[line.from].layer + 1);
    std::set<std::pair<std::size_t, double>> taken;
    for (const auto& place : layout.places) {
        EXPECT_TRUE(taken.emplace(place.layer, place.row).second);
        EXPECT_GE(place.row, 0);
        EXPECT_LT(place.row, static_cast<double>(layout.rows));
    }
    EXPECT_TRUE(terminal_graph(graph, 4'000, false));
}

TEST(WorkflowPicture, SvgEscapesTextsAndColoursStates) {
    const auto graph = video();
    const auto svg = svg_text(view_of(graph), graph);
    EXPECT_THAT(svg, HasSubstr("clip &lt;17&gt; &amp; &quot;more&quot;: running, 4 of 4 ended"));
    EXPECT_THAT(svg, HasSubstr(std::string{paint_of(Look::running).fill}));
    EXPECT_THAT(svg, HasSubstr("stroke-dasharray=\"7 4\" marker-end"));
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(WorkflowPicture, SvgCutsNamesThatAreTooLongForTheirBox) {
    const auto name = std::string(100, 'M');
    const auto graph = graph_of({job(name)});
    const auto svg = svg_text(view_of(graph), graph);
    EXPECT_THAT(svg, HasSubstr("MMM…</text>"));
    EXPECT_THAT(svg, HasSubstr("<title>" + name));  // whole for who points at it
}

TEST(WorkflowPicture, DotQuotesTextsAndHasEveryEdge) {
    auto jobs = std::vector{job("a"), job("b", {{"a", OnFailure::ignore}})};
    jobs[0].type = "say \"hi\" \\";
    const auto graph = graph_of(jobs);
    const auto dot = dot_text(view_of(graph), graph);
    EXPECT_THAT(dot, HasSubstr(R"(tooltip="say \"hi\" \\")"));
    EXPECT_THAT(dot, HasSubstr("n0 -> n1 [style=dotted];"));
    EXPECT_THAT(dot, HasSubstr(R"(label="a\nwaiting")"));
}

}  // namespace
}  // namespace errand::cli::test
