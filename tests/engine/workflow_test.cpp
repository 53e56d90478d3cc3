#include "engine/support.hpp"

#include <errand/boost_json.hpp>
#include <errand/workflow_builder.hpp>

#include <gmock/gmock.h>
#include <boost/describe.hpp>

#include <algorithm>
#include <stdexcept>

namespace errand::test {

struct Encode {
    static constexpr std::string_view job_type = "encode";
    std::string file;
};
BOOST_DESCRIBE_STRUCT(Encode, (), (file))
struct Clip {
    std::string file;
    int frames = 0;
};
BOOST_DESCRIBE_STRUCT(Clip, (), (file, frames))

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Workflows as programs see them, with a worker on a memory store.
class WorkflowTest : public testing::Test {
protected:
    [[nodiscard]] WorkflowView end_of(const WorkflowId& id) {
        auto view = bench.client.wait_workflow(id, patience);
        if (view) return *view;
        ADD_FAILURE() << "the workflow has not ended";
        return *bench.client.find_workflow(id);
    }
    [[nodiscard]] WorkflowJobView job_of(const WorkflowId& id, std::string_view name) {
        for (auto& view : bench.client.workflow_jobs(id)) {
            if (view.name == name) return view;
        }
        ADD_FAILURE() << "no job " << name;
        return {};
    }
    [[nodiscard]] static NewJob once(std::string type) {
        auto result = job(std::move(type));
        result.max_attempts = 1;
        return result;
    }

    Bench bench;
    Worker worker{bench.store, slots(4)};
};

TEST_F(WorkflowTest, ResultsReachTheJobsAfterThemAsTypes) {
    worker.handle<Encode>([](const Encode& args) { return Clip{args.file + ".mp4", 250}; });
    worker.handle("publish", [](Context& context) {
        const auto clip = context.parent_result<Clip>("encode");
        return Outcome::done('"' + clip.file + ' ' + std::to_string(clip.frames) + '"');
    });
    WorkflowBuilder flow{"clip"};
    flow.chain({flow.add("encode", Encode{"a"}), flow.add("publish", job("publish"))});
    const auto id = bench.client.submit(flow.build());
    worker.start();
    const auto view = end_of(id);
    EXPECT_EQ(view.state, WorkflowState::completed);
    EXPECT_EQ(view.counts.completed, 2U);
    const auto publish = bench.client.find(job_of(id, "publish").id);
    EXPECT_EQ(publish->result, "\"a.mp4 250\"");
    EXPECT_EQ(publish->workflow, id);
    EXPECT_EQ(publish->workflow_job, "publish");
}

TEST_F(WorkflowTest, AHandlerKnowsItsPlaceAndWhatFailedBeforeIt) {
    std::string seen;
    worker.handle("fails", [](Context&) { return Outcome::discard("broken"); });
    worker.handle("looks", [&](Context& context) {
        seen = to_string(*context.workflow()) + " " + context.workflow_job();
        for (const auto& parent : context.parent_results())
            seen += " " + parent.name + "=" + std::string{to_string(parent.state)};
        try {
            static_cast<void>(context.parent_result<int>("bad"));
        } catch (const Error& error) {
            seen += std::string{" "} + std::string{to_string(error.code())};
        }
        try {
            static_cast<void>(context.parent_result<int>("stranger"));
        } catch (const Error& error) {
            seen += std::string{" "} + std::string{to_string(error.code())};
        }
        return Outcome::done();
    });
    WorkflowBuilder flow;
    flow.add("last", job("looks")).after(flow.add("bad", job("fails")), OnFailure::go_on);
    const auto id = bench.client.submit(flow.build());
    worker.start();
    EXPECT_EQ(end_of(id).state, WorkflowState::partial);
    worker.stop();
    EXPECT_EQ(seen, to_string(id) + " last bad=discarded conflict not_found");
}

TEST_F(WorkflowTest, ARunningJobAddsToItsWorkflowOnceOverItsAttempts) {
    worker.handle("plan", [](Context& context) {
        WorkflowBuilder more;
        const auto parts =
            more.group({more.add("part-1", job("part")), more.add("part-2", job("part"))});
        more.add("report", job("report")).after(parts);
        const auto added = context.add_to_workflow(more.build().jobs);
        if (context.attempt() == 1) throw std::runtime_error("died after adding");
        return Outcome::done(std::to_string(std::ranges::count(added, AddResult::already_there)));
    });
    worker.handle("part", [](Context&) { return Outcome::done("1"); });
    worker.handle("report", [](Context& context) {
        return Outcome::done(std::to_string(context.parent_results().size()));
    });
    WorkflowBuilder flow;
    flow.add("plan", job("plan"));
    const auto id = bench.client.submit(flow.build());
    worker.start();
    const auto view = end_of(id);
    EXPECT_EQ(view.state, WorkflowState::completed);
    EXPECT_EQ(view.counts.total(), 4U);
    EXPECT_EQ(bench.client.find(job_of(id, "plan").id)->result, "3");
    EXPECT_EQ(bench.client.find(job_of(id, "report").id)->result, "2");
}

TEST_F(WorkflowTest, AJobOutsideAWorkflowCannotAddToOne) {
    worker.handle("alone", [](Context& context) {
        EXPECT_FALSE(context.workflow());
        EXPECT_EQ(context.workflow_job(), "");
        EXPECT_TRUE(context.parent_results().empty());
        static_cast<void>(context.add_to_workflow({{"more", job("t")}}));
        return Outcome::done();
    });
    const auto id = bench.add(once("alone"));
    worker.start();
    const auto ended = bench.ended(id);
    ASSERT_EQ(ended.state, JobState::discarded);
    EXPECT_THAT(ended.errors.back().message, HasSubstr("belongs to no workflow"));
}

TEST_F(WorkflowTest, OnlyWhatFailedRunsAgain) {
    std::atomic<int> good = 0;
    std::atomic<bool> is_mended = false;
    worker.handle("good", [&](Context&) {
        ++good;
        return Outcome::done();
    });
    worker.handle(
        "bad", [&](Context&) { return is_mended ? Outcome::done() : Outcome::discard("not yet"); });
    WorkflowBuilder flow;
    const auto parts = flow.group({flow.add("a", job("good")), flow.add("b", job("bad"))});
    flow.add("after", job("good")).after(parts);
    const auto id = bench.client.submit(flow.build());
    worker.start();
    const auto failed = end_of(id);
    EXPECT_EQ(failed.state, WorkflowState::failed);
    EXPECT_EQ(failed.counts.skipped, 1U);
    EXPECT_EQ(good, 1);
    is_mended = true;
    const auto retry = bench.client.retry_workflow(id);
    EXPECT_EQ(retry.result, ControlResult::done);
    EXPECT_EQ(retry.retried, 1U);
    const auto view = end_of(id);
    EXPECT_EQ(view.state, WorkflowState::completed);
    EXPECT_EQ(view.run, 2U);
    EXPECT_EQ(good, 2);
}

TEST_F(WorkflowTest, RefusesBadGraphsBeforeTheStoreSeesThem) {
    NewWorkflow cycle;
    cycle.jobs = {{"a", job("t"), {{"b"}}}, {"b", job("t"), {{"a"}}}};
    try {
        static_cast<void>(bench.client.submit(cycle));
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_THAT(error.what(), HasSubstr("→"));
    }
    EXPECT_TRUE(bench.client.workflows().empty());
}

TEST_F(WorkflowTest, ExplainNamesTheParents) {
    WorkflowBuilder flow{"clip"};
    flow.chain({flow.add("encode", job("t")), flow.add("publish", job("t"))});
    const auto id = bench.client.submit(flow.build());
    const auto explanation = bench.client.explain(job_of(id, "publish").id);
    ASSERT_EQ(explanation.reasons.size(), 1U);
    EXPECT_EQ(explanation.reasons[0].code, ExplainCode::dependencies);
    EXPECT_THAT(explanation.reasons[0].text, HasSubstr("encode (available)"));
    EXPECT_THAT(explanation.reasons[0].jobs, ElementsAre(job_of(id, "encode").id));
}

TEST_F(WorkflowTest, CancelEndsWhatIsLeft) {
    WorkflowBuilder flow;
    flow.chain({flow.add("a", job("t")), flow.add("b", job("t"))});
    const auto id = bench.client.submit(flow.build());
    EXPECT_EQ(bench.client.cancel_workflow(id), ControlResult::done);
    EXPECT_EQ(end_of(id).state, WorkflowState::cancelled);
    EXPECT_EQ(job_of(id, "b").state, JobState::cancelled);
    EXPECT_TRUE(job_of(id, "b").skipped);
}

}  // namespace
}  // namespace errand::test
