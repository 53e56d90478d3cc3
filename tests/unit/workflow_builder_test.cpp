#include "unit/expect_error.hpp"

#include <errand/boost_json.hpp>
#include <errand/workflow_builder.hpp>

#include <boost/describe.hpp>

namespace errand {

struct WriteRows {
    static constexpr std::string_view job_type = "rows.write";
    static constexpr std::uint32_t max_attempts = 7;
    std::vector<int> rows;
};
BOOST_DESCRIBE_STRUCT(WriteRows, (), (rows))

namespace {

using test::message_of_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NewJob job(std::string type) {
    NewJob job;
    job.type = std::move(type);
    return job;
}

std::vector<Dependency> after(const NewWorkflow& workflow, std::string_view name) {
    for (const auto& entry : workflow.jobs) {
        if (entry.name == name) return entry.after;
    }
    ADD_FAILURE() << "no job " << name;
    return {};
}

TEST(WorkflowBuilder, JoinsTypedJobs) {
    WorkflowBuilder flow{"clip"};
    const auto encode = flow.add("encode", WriteRows{{1, 2}}, {.queue = "media"});
    const auto thumbs = flow.add("thumbs", job("t")).after(encode, OnFailure::go_on);
    const auto subtitles = flow.add("subtitles", job("s")).after(encode);
    flow.add("publish", job("p")).after({thumbs, subtitles}).after(subtitles, OnFailure::ignore);
    flow.on_complete(job("report"));
    const auto workflow = flow.build();
    EXPECT_EQ(workflow.name, "clip");
    EXPECT_EQ(workflow.jobs[0].job.args, R"([{"rows":[1,2]}])");
    EXPECT_EQ(workflow.jobs[0].job.queue, "media");
    EXPECT_EQ(workflow.jobs[0].job.max_attempts, 7U);
    EXPECT_THAT(after(workflow, "encode"), IsEmpty());
    EXPECT_THAT(after(workflow, "thumbs"), ElementsAre(Dependency{"encode", OnFailure::go_on}));
    EXPECT_THAT(after(workflow, "publish"),
                ElementsAre(Dependency{"thumbs"}, Dependency{"subtitles", OnFailure::ignore}));
    EXPECT_EQ(workflow.callbacks.on_complete->type, "report");
    EXPECT_EQ(thumbs.name(), "thumbs");
}

TEST(WorkflowBuilder, ShapesAreMadeOfShapes) {
    WorkflowBuilder flow;
    const auto first = flow.add("first", job("t"));
    const auto pair = flow.group({flow.add("a", job("t")), flow.add("b", job("t"))});
    const auto line = flow.chain({first, pair, flow.add("last", job("t"))});
    EXPECT_EQ(line.size(), 4U);
    flow.add("after all", job("t")).after(line);
    const auto workflow = flow.build();
    EXPECT_THAT(after(workflow, "a"), ElementsAre(Dependency{"first"}));
    EXPECT_THAT(after(workflow, "last"), ElementsAre(Dependency{"a"}, Dependency{"b"}));
    EXPECT_THAT(after(workflow, "after all"), ElementsAre(Dependency{"last"}));
}

TEST(WorkflowBuilder, AChordIsAGroupAndWhatComesAfterIt) {
    WorkflowBuilder flow;
    flow.chord({flow.add("a", job("t")), flow.add("b", job("t"))}, flow.add("sum", job("t")),
               OnFailure::go_on);
    EXPECT_THAT(after(flow.build(), "sum"),
                ElementsAre(Dependency{"a", OnFailure::go_on}, Dependency{"b", OnFailure::go_on}));
}

TEST(WorkflowBuilder, MapsItemsAndChunksThem) {
    WorkflowBuilder flow;
    const std::vector<int> items{1, 2, 3, 4, 5};
    const auto each = flow.map("each", items, [](int item) { return WriteRows{{item}}; });
    const auto chunks = flow.chunks("chunk", items, 2,
                                    [](std::span<const int> part) {
                                        return WriteRows{{part.begin(), part.end()}};
                                    },
                                    {.queue = "bulk"});
    EXPECT_EQ(each.size(), 5U);
    EXPECT_EQ(chunks.size(), 3U);
    const auto jobs = flow.build().jobs;
    EXPECT_EQ(jobs[4].name, "each-5");
    EXPECT_EQ(jobs[4].job.args, R"([{"rows":[5]}])");
    EXPECT_EQ(jobs[7].name, "chunk-3");
    EXPECT_EQ(jobs[7].job.args, R"([{"rows":[5]}])");
    EXPECT_EQ(jobs[7].job.queue, "bulk");
    EXPECT_THAT(message_of_refusal(
                    [&] { flow.chunks("none", items, 0, [](auto) { return WriteRows{}; }); }),
                HasSubstr("size 0"));
}

TEST(WorkflowBuilder, JobsToBeAddedMayComeAfterThoseThatAreThere) {
    WorkflowBuilder more;
    const auto first = more.add("first", job("t"));
    more.add("last", job("t")).after_job("plan", OnFailure::ignore).after(first);
    EXPECT_THAT(after(more.build(), "last"),
                ElementsAre(Dependency{"plan", OnFailure::ignore}, Dependency{"first"}));
}

TEST(WorkflowBuilder, ABatchHasCallbacks) {
    WorkflowBuilder flow;
    flow.batch({flow.add("a", job("t"))}, {.on_failure = job("alarm")});
    EXPECT_EQ(flow.build().callbacks.on_failure->type, "alarm");
}

TEST(WorkflowBuilder, RefusesWhatCannotBeMeant) {
    WorkflowBuilder flow, other;
    const auto mine = flow.add("a", job("t"));
    const auto foreign = other.add("b", job("t"));
    EXPECT_THAT(message_of_refusal([&] {
                    flow.group({mine, foreign});
                }),
                HasSubstr("another workflow"));
    EXPECT_THAT(message_of_refusal([&] {
                    static_cast<void>(flow.group({mine, mine}).name());
                }),
                HasSubstr("has no name"));
    std::vector<WorkflowPart> many;
    for (int i = 0; i < 1'001; ++i)
        many.push_back(flow.add("n" + std::to_string(i), job("t")));
    auto wide = flow.group(many);
    EXPECT_THAT(
        test::message_of_error(ErrorCode::limit_exceeded, [&] { wide.after(flow.group(many)); }),
        HasSubstr("put a job between"));
}

}  // namespace
}  // namespace errand
