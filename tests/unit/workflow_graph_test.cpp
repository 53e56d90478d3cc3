#include "core/workflow/graph.hpp"
#include "core/workflow/validate.hpp"
#include "expect_error.hpp"

#include <errand/limits.hpp>

#include <gmock/gmock.h>

#include <string>

namespace errand {
namespace {

using test::message_of_error;
using test::message_of_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

WorkflowJob node(std::string name, std::vector<Dependency> after = {}) {
    WorkflowJob job{std::move(name), {}, std::move(after)};
    job.job.type = "t";
    return job;
}

NewWorkflow workflow(std::vector<WorkflowJob> jobs) {
    NewWorkflow made;
    made.jobs = std::move(jobs);
    return made;
}

std::string refusal(std::vector<WorkflowJob> jobs) {
    return message_of_refusal([&] { static_cast<void>(core::make_graph(jobs)); });
}

TEST(WorkflowGraph, FindsEdgesInAnyOrder) {
    const std::vector jobs{node("c", {{"a"}, {"b", OnFailure::ignore}}), node("a"),
                           node("b", {{"a", OnFailure::go_on}})};
    const core::JobGraph graph = core::make_graph(jobs);
    EXPECT_THAT(graph.edges, ElementsAre(core::GraphEdge{0, 1, OnFailure::fail},
                                         core::GraphEdge{0, 2, OnFailure::ignore},
                                         core::GraphEdge{2, 1, OnFailure::go_on}));
    EXPECT_THAT(graph.outer, IsEmpty());
}

TEST(WorkflowGraph, LeavesParentsOutsideToTheCaller) {
    const std::vector jobs{node("b", {{"a", OnFailure::ignore}})};
    const core::JobGraph graph = core::make_graph(jobs);
    ASSERT_THAT(graph.outer, SizeIs(1));
    EXPECT_EQ(graph.outer[0].child, 0U);
    EXPECT_EQ(graph.outer[0].parent, "a");
    EXPECT_EQ(graph.outer[0].on_failure, OnFailure::ignore);
}

TEST(WorkflowGraph, NamesThePathOfACycle) {
    EXPECT_THAT(refusal({node("a", {{"a"}})}), HasSubstr(": a → a;"));
    EXPECT_THAT(refusal({node("a", {{"b"}}), node("b", {{"a"}})}), HasSubstr(": a → b → a;"));
    // c begins after b, which begins after a, which begins after c.
    EXPECT_THAT(refusal({node("in", {}), node("a", {{"in"}, {"c"}}), node("b", {{"a"}}),
                         node("c", {{"b"}}), node("out", {{"c"}})}),
                HasSubstr(": a → b → c → a;"));
}

TEST(WorkflowGraph, CutsTheMiddleOfALongCycle) {
    std::vector<WorkflowJob> jobs;
    for (int i = 0; i < 1'000; ++i)
        jobs.push_back(node("n" + std::to_string(i), {{"n" + std::to_string((i + 999) % 1'000)}}));
    const std::string message = refusal(std::move(jobs));
    EXPECT_THAT(message, HasSubstr(": n0 → n1 → n2 "));
    EXPECT_THAT(message, HasSubstr("→ … (967 more) → n0;"));
    EXPECT_LT(message.size(), 1'000U);
}

TEST(WorkflowGraph, RefusesNamesThatAreThereTwice) {
    EXPECT_THAT(refusal({node("a"), node("a")}), HasSubstr("two are called \"a\""));
    EXPECT_THAT(refusal({node("a"), node("b", {{"a"}, {"a", OnFailure::ignore}})}),
                HasSubstr("\"b\" names its parent \"a\" twice"));
}

TEST(WorkflowGraph, IsFoundInLinearTime) {
    // 1,000 x 1,000 edges; a search that went each path anew would never end.
    std::vector<WorkflowJob> jobs;
    for (int i = 0; i < 2'000; ++i) {
        jobs.push_back(node("n" + std::to_string(i)));
        for (int parent = 0; i >= 1'000 && parent < 1'000; ++parent)
            jobs.back().after.push_back({"n" + std::to_string(parent)});
    }
    EXPECT_EQ(core::make_graph(jobs).edges.size(), max_workflow_edges);
    jobs[0].after.push_back({"n1"});
    EXPECT_THAT(message_of_error(ErrorCode::limit_exceeded,
                                 [&] { static_cast<void>(core::make_graph(jobs)); }),
                HasSubstr("1000001"));
}

TEST(WorkflowGraph, FollowsALongChainWithoutRecursion) {
    std::vector<WorkflowJob> jobs;
    for (std::size_t i = 0; i < max_workflow_jobs; ++i) {
        jobs.push_back(node("n" + std::to_string(i)));
        if (i + 1 < max_workflow_jobs) jobs.back().after = {{"n" + std::to_string(i + 1)}};
    }
    EXPECT_EQ(core::make_graph(jobs).edges.size(), max_workflow_jobs - 1);
}

TEST(WorkflowValidation, AcceptsAndNormalisesWhatIsRight) {
    NewWorkflow made = workflow({node("a"), node("b", {{"a"}})});
    made.name = "Überweisung";
    made.jobs[0].job.args = R"({"x":1})";
    made.callbacks.on_complete = node("x").job;
    made.callbacks.on_complete->args = " ";
    core::validate(made, {});
    EXPECT_EQ(made.jobs[0].job.args, R"([{"x":1}])");
    EXPECT_EQ(made.callbacks.on_complete->args, "[]");
}

TEST(WorkflowValidation, NamesTheJobThatIsWrong) {
    const auto refuses = [](auto&& spoil, ErrorCode code = ErrorCode::invalid_argument) {
        NewWorkflow made = workflow({node("a"), node("b", {{"a"}})});
        spoil(made);
        return message_of_error(code, [&] { core::validate(made, {}); });
    };
    using W = NewWorkflow;
    EXPECT_THAT(refuses([](W& w) { w.jobs.clear(); }), HasSubstr("jobs: there are none"));
    EXPECT_THAT(refuses([](W& w) { w.jobs[1].job.args = "7"; }), HasSubstr("job b: args"));
    EXPECT_THAT(refuses([](W& w) { w.jobs[1].job.unique_key = "k"; }),
                HasSubstr("job b: unique_key"));
    EXPECT_THAT(refuses([](W& w) { w.jobs[1].name = "no name"; }), HasSubstr("\"no name\""));
    EXPECT_THAT(refuses([](W& w) { w.jobs[1].name = std::string(129, 'x'); }),
                HasSubstr("129 bytes"));
    EXPECT_THAT(refuses([](W& w) { w.jobs[1].after[0].parent = "z"; }),
                HasSubstr("\"b\" comes after \"z\""));
    EXPECT_THAT(refuses([](W& w) { w.name = std::string(256, 'x'); }), HasSubstr("256 bytes"));
    EXPECT_THAT(refuses([](W& w) { w.name = "\xFF"; }), HasSubstr("UTF-8"));
    EXPECT_THAT(refuses([](W& w) { w.callbacks.on_failure.emplace(); }),
                HasSubstr("on_failure: type"));
    EXPECT_THAT(refuses([](W& w) {
                    w.callbacks.on_success = w.jobs[0].job;
                    w.callbacks.on_success->unique_key = "k";
                }),
                HasSubstr("unique_key"));
    EXPECT_THAT(refuses([](W& w) { w.jobs.resize(max_workflow_jobs + 1, w.jobs[0]); },
                        ErrorCode::limit_exceeded),
                HasSubstr("100001"));
}

TEST(WorkflowValidation, LetsAddedJobsComeAfterOthers) {
    std::vector<WorkflowJob> jobs{node("b", {{"somewhere_else"}})};
    jobs[0].job.args = "";
    core::validate(std::span{jobs}, {});
    EXPECT_EQ(jobs[0].job.args, "[]");
}

}  // namespace
}  // namespace errand
