#include "unit/expect_error.hpp"

#include <errand/workflow_document.hpp>

#include <fmt/format.h>

namespace errand {
namespace {

using namespace std::chrono_literals;
using test::message_of_refusal;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(std::string_view text, const Limits& limits = {}) {
    return message_of_refusal([&] { static_cast<void>(parse_workflow(text, limits)); });
}

std::vector<std::string> names(const NewWorkflow& workflow) {
    std::vector<std::string> names;
    for (const auto& job : workflow.jobs)
        names.push_back(job.name);
    return names;
}

TEST(WorkflowDocument, ReadsAGraph) {
    const auto workflow = parse_workflow(R"json({
        "name": "clip 17", "id": "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d",
        "jobs": {
            "encode": {"type": "video.encode", "args": [{"n": 12345678901234567890123}],
                       "queue": "media", "retry": "fixed(30s)", "timeout": "10s"},
            "scan": {"type": "video.scan", "args": {"file": "a"}},
            "thumbs": {"type": "video.thumbs", "after": "encode", "on_failure": "continue"},
            "publish": {"type": "video.publish",
                        "after": ["thumbs", {"job": "scan", "on_failure": "ignore"}, {"job": "encode"}],
                        "on_failure": null}},
        "on_complete": {"type": "mail.report", "queue": "mail"}, "on_success": null})json");
    EXPECT_EQ(workflow.name, "clip 17");
    EXPECT_EQ(to_string(workflow.id), "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d");
    EXPECT_THAT(names(workflow), ElementsAre("encode", "scan", "thumbs", "publish"));
    const auto& jobs = workflow.jobs;
    EXPECT_EQ(jobs[0].job.args, R"([{"n": 12345678901234567890123}])");  // every digit stays
    EXPECT_EQ(jobs[0].job.queue, "media");
    EXPECT_EQ(jobs[0].job.timeout, Duration{10s});
    EXPECT_EQ(jobs[1].job.args, R"([{"file": "a"}])");  // a lone object is wrapped
    EXPECT_TRUE(jobs[1].after.empty());
    EXPECT_THAT(jobs[2].after, ElementsAre(Dependency{"encode", OnFailure::go_on}));
    EXPECT_THAT(jobs[3].after,
                ElementsAre(Dependency{"thumbs"}, Dependency{"scan", OnFailure::ignore},
                            Dependency{"encode"}));
    EXPECT_EQ(workflow.callbacks.on_complete->type, "mail.report");
    EXPECT_FALSE(workflow.callbacks.on_success);
}

TEST(WorkflowDocument, ReadsAChainOfTheOpenJobSpec) {
    const auto workflow = parse_workflow(R"({"type": "chain", "name": "report", "steps": [
        {"type": "a", "args": [1], "options": {"queue": "q", "priority": 5, "timeout_ms": 1500,
         "tags": ["t"], "metadata": {"k": 1}, "scheduled_at": "+PT5S",
         "retry": {"max_attempts": 3, "initial_interval": "PT2S", "backoff_coefficient": 3,
                   "max_interval": "PT1M", "jitter": false}}},
        {"name": "second", "type": "b", "args": []},
        {"type": "c", "args": [], "options": {"retry": {"max_attempts": 1}}}]})");
    EXPECT_EQ(workflow.name, "report");
    EXPECT_THAT(names(workflow), ElementsAre("step-1", "second", "step-3"));
    const auto& first = workflow.jobs[0].job;
    EXPECT_EQ(first.queue, "q");
    EXPECT_EQ(first.priority, 5);
    EXPECT_EQ(first.timeout, Duration{1500ms});
    EXPECT_EQ(first.delay, Duration{5s});
    EXPECT_EQ(first.meta, R"({"k": 1})");
    EXPECT_EQ(first.max_attempts, 3U);
    EXPECT_EQ(first.retry, RetryPolicy::exponential(2s, 3).max(1min));
    EXPECT_FALSE(workflow.jobs[2].job.retry);  // the handler's
    EXPECT_EQ(workflow.jobs[2].job.max_attempts, 1U);
    EXPECT_THAT(workflow.jobs[1].after, ElementsAre(Dependency{"step-1"}));
    EXPECT_THAT(workflow.jobs[2].after, ElementsAre(Dependency{"second"}));
}

TEST(WorkflowDocument, ReadsAGroupAndABatch) {
    const auto group = parse_workflow(
        R"({"type":"group","jobs":[{"type":"a","args":[]},{"type":"b","args":[]}]})");
    EXPECT_THAT(names(group), ElementsAre("job-1", "job-2"));
    EXPECT_TRUE(group.jobs[1].after.empty());
    const auto batch = parse_workflow(R"({"type":"batch","jobs":[{"type":"a","args":[]}],
        "callbacks":{"on_success":{"type":"s","args":[{"x":1}],"options":{"queue":"cb"}},
                     "on_failure":{"type":"f","args":[]},"on_complete":null}})");
    EXPECT_EQ(batch.callbacks.on_success->queue, "cb");
    EXPECT_EQ(batch.callbacks.on_success->args, R"([{"x":1}])");
    EXPECT_EQ(batch.callbacks.on_failure->type, "f");
    EXPECT_FALSE(batch.callbacks.on_complete);
}

TEST(WorkflowDocument, NamesThePlaceOfAMistake) {
    EXPECT_THAT(refusal("{"), StartsWith("not valid JSON"));
    EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
    EXPECT_THAT(refusal(R"({"name":"x"})"), HasSubstr("jobs"));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","quue":"x"}}})"),
                AllOf(StartsWith("jobs: a: "), HasSubstr("did you mean \"queue\"?")));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","priority":"high"}}})"),
                StartsWith("jobs: a: priority: "));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","after":["b"],"on_failure":"retry"}}})"),
                AllOf(StartsWith("jobs: a: on_failure: "), HasSubstr("\"retry\" is none of")));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","after":[7]}}})"),
                StartsWith("jobs: a: after: "));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","after":[{"on_failure":"fail"}]}}})"),
                HasSubstr("a job is missing"));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t"}},"on_end":{"type":"x"}})"),
                HasSubstr("unknown member \"on_end\""));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t"}},"on_complete":{"tipe":"x"}})"),
                StartsWith("on_complete: "));
    EXPECT_THAT(refusal(R"({"type":"tree","jobs":[]})"), StartsWith("type: "));
    EXPECT_THAT(refusal(R"({"type":"chain","steps":[{"type":"a","args":[]},{"args":[]}]})"),
                StartsWith("steps: [1]: "));
    EXPECT_THAT(refusal(R"({"type":"chain","jobs":[]})"), HasSubstr("unknown member \"jobs\""));
    EXPECT_THAT(
        refusal(R"({"type":"group","jobs":[{"type":"a","args":[],"options":{"unique":{}}}]})"),
        AllOf(StartsWith("jobs: [0]: options: unique: "), HasSubstr("leave it out")));
    EXPECT_THAT(refusal(R"({"type":"group","jobs":[{"type":"a","args":[],
                "options":{"retry":{"initial_interval":"soon"}}}]})"),
                AllOf(HasSubstr("options: retry: initial_interval: "), HasSubstr("PT30S")));
}

TEST(WorkflowDocument, RefusesGraphsThatCannotEnd) {
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","after":"c"},"b":{"type":"t","after":"a"},
                            "c":{"type":"t","after":"b"}}})"),
                AllOf(HasSubstr("a"), HasSubstr(" → ")));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","after":"a"}}})"), HasSubstr("a → a"));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","after":"z"}}})"), HasSubstr("\"z\""));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t"},"b":{"type":"t","after":["a","a"]}}})"),
                HasSubstr("twice"));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t"},"a":{"type":"t"}}})"), HasSubstr("twice"));
    EXPECT_THAT(refusal(R"({"jobs":{"a b":{"type":"t"}}})"), HasSubstr("a b"));
    EXPECT_THAT(refusal(R"({"jobs":{"a":{"type":"t","unique_key":"k"}}})"),
                HasSubstr("unique_key"));
    EXPECT_THAT(refusal(R"({"jobs":{}})"), HasSubstr("jobs"));
}

TEST(WorkflowDocument, ReadsTenThousandJobsWithoutLookingAtEachForEach) {
    std::string text = R"({"jobs":{"j0":{"type":"t"})";
    for (int i = 1; i < 10'000; ++i)
        text += fmt::format(R"(,"j{}":{{"type":"t","after":"j{}"}})", i, i - 1);
    const auto workflow = parse_workflow(text + "}}");
    ASSERT_EQ(workflow.jobs.size(), 10'000U);
    EXPECT_THAT(workflow.jobs.back().after, ElementsAre(Dependency{"j9998"}));
}

}  // namespace
}  // namespace errand
