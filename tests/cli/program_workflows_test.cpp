#include "program_fixture.hpp"

#include <csignal>

namespace errand::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// Workflows, as they are used from a shell.
class Workflows : public ProgramTest {
protected:
    void write_clip() const {
        write_file("clip.json", R"({"name": "clip 17", "jobs": {
            "encode": {"type": "encode", "args": [{"file": "a"}]},
            "thumbs": {"type": "thumbs", "after": "encode", "max_attempts": 1},
            "publish": {"type": "publish", "after": ["thumbs", {"job": "encode"}]}},
            "on_complete": {"type": "report", "queue": "later"}})");
    }
    void write_handlers() const {
        write_file("errand.toml", R"toml(
[queues.default]
concurrency = 2
[handlers.encode]
exec = ["/bin/sh", "-c", "echo '::result {\"frames\": 250}'"]
[handlers.thumbs]
exec = ["/bin/sh", "-c", "test -e disk || exit 1"]
[handlers.publish]
exec = ["/bin/sh", "-c", "echo \"::result $ERRAND_PARENT_RESULTS\""]
)toml");
    }
    [[nodiscard]] boost::json::value workflow(const std::string& id) const {
        return json({"workflow", "show", id});
    }
    [[nodiscard]] static boost::json::object job_of(const boost::json::value& workflow,
                                                    std::string_view name) {
        for (const auto& job : workflow.at("jobs").as_array()) {
            if (job.at("name").as_string() == name) return job.as_object();
        }
        ADD_FAILURE() << "no job " << name;
        return {};
    }
};

TEST_F(Workflows, OneIsSubmittedRunRetriedAndShown) {
    write_clip();
    write_handlers();
    const auto id = done({"workflow", "submit", "clip.json"});
    EXPECT_EQ(id.size(), 36U);
    auto before = workflow(id);
    EXPECT_EQ(before.at("name"), "clip 17");
    EXPECT_EQ(before.at("state"), "running");
    EXPECT_EQ(before.at("progress"), boost::json::parse(R"({"current":0,"total":3})"));
    EXPECT_EQ(job_of(before, "publish").at("state"), "pending");
    const std::string publish{job_of(before, "publish").at("id").as_string()};
    EXPECT_EQ(reasons(publish), std::vector<std::string>{"dependencies"});
    EXPECT_EQ(show(publish).at("workflow"),
              boost::json::parse(R"({"id":")" + id + R"(","name":"publish"})"));
    EXPECT_THAT(
        done({"workflow", "show", id}),
        AllOf(HasSubstr("○ encode"), HasSubstr("▶ ◌ publish"), HasSubstr("on end     report")));

    Program worker{command({"work"}), options()};
    const auto failed = errand({"workflow", "wait", id});
    EXPECT_EQ(failed.exit_code, 1);
    EXPECT_THAT(failed.err, HasSubstr("clip 17: failed, 3 of 3 ended, 1 failed, 1 skipped"));
    EXPECT_TRUE(job_of(workflow(id), "publish").at("skipped").as_bool());
    EXPECT_THAT(done({"list", "--queue", "later", "--json"}), HasSubstr("\"report\""));

    write_file("disk", "");
    const auto retried = errand({"workflow", "retry", id});
    EXPECT_EQ(retried.exit_code, 0) << retried.err;
    EXPECT_THAT(retried.err, StartsWith("1 of its jobs run again"));
    EXPECT_EQ(errand({"workflow", "wait", id}).exit_code, 0);
    const auto after = workflow(id);
    EXPECT_EQ(after.at("state"), "completed");
    EXPECT_EQ(after.at("run"), 2);
    EXPECT_EQ(show(publish).at("result"),
              boost::json::parse(R"({"thumbs":null,"encode":{"frames":250}})"));
    EXPECT_EQ(refusal(1, {"workflow", "retry", id}).find("errand: nothing to retry"), 0U);
    worker.send(SIGTERM);
    EXPECT_EQ(worker.wait().exit_code, 0);
}

TEST_F(Workflows, ListsAndCancels) {
    write_clip();
    const auto first = done({"workflow", "submit", "clip.json"});
    const auto second = done(
        {"workflow", "submit", "-"},
        R"({"type": "chain", "steps": [{"type": "a", "args": []}, {"type": "b", "args": []}]})");
    const auto list = done({"workflow", "list"});
    EXPECT_THAT(list, AllOf(HasSubstr(first), HasSubstr(second), HasSubstr("clip 17")));
    EXPECT_LT(list.find(second), list.find(first));
    const auto cancelled = errand({"workflow", "cancel", second});
    EXPECT_EQ(cancelled.exit_code, 0);
    EXPECT_EQ(cancelled.err, "cancelled\n");
    EXPECT_EQ(workflow(second).at("state"), "cancelled");
    EXPECT_EQ(job_of(workflow(second), "step-2").at("state"), "cancelled");
    EXPECT_THAT(done({"workflow", "list", "--state", "running", "--json"}),
                AllOf(HasSubstr(first), testing::Not(HasSubstr(second))));
    EXPECT_EQ(errand({"workflow", "wait", first, "--timeout", "1ms"}).exit_code, 3);
}

TEST_F(Workflows, MistakesAreToldWithFilePlaceAndRemedy) {
    write_file("bad.json",
               R"({"jobs": {"a": {"type": "t", "after": "b"}, "b": {"type": "t", "after": "a"}}})");
    EXPECT_THAT(refusal(2, {"workflow", "submit", "bad.json"}),
                AllOf(HasSubstr("bad.json: "), HasSubstr(" → ")));
    EXPECT_THAT(refusal(2, {"workflow", "submit", "-"}, R"({"jobs": {"a": {"tipe": "t"}}})"),
                HasSubstr("stdin: jobs: a: unknown member \"tipe\"; did you mean \"type\"?"));
    EXPECT_THAT(refusal(2, {"workflow", "submit", "none.json"}), HasSubstr("none.json"));
    EXPECT_FALSE(exists("errand.db"));
    static_cast<void>(done({"enqueue", "t"}));
    const std::string unknown = "0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d";
    for (const auto* verb : {"show", "wait", "retry", "cancel"}) {
        EXPECT_THAT(refusal(1, {"workflow", verb, unknown}), HasSubstr("no workflow has the id"));
        EXPECT_THAT(refusal(2, {"workflow", verb, "7"}), HasSubstr("is not a workflow's id"));
    }
    EXPECT_THAT(refusal(2, {"workflow", "list", "--state", "done"}), HasSubstr("none of running"));
}

TEST_F(Workflows, PicturesAreWritten) {
    write_clip();
    const auto id = done({"workflow", "submit", "clip.json"});
    EXPECT_THAT(done({"workflow", "show", id, "--dot"}), StartsWith("digraph workflow {"));
    EXPECT_THAT(done({"workflow", "show", id, "--svg"}), StartsWith("<svg "));
    EXPECT_EQ(done({"workflow", "show", id, "--svg", "clip.svg"}), "");
    EXPECT_TRUE(exists("clip.svg"));
    EXPECT_THAT(refusal(2, {"workflow", "show", id, "--svg", "no/such/folder.svg"}),
                HasSubstr("--svg"));
    EXPECT_THAT(refusal(2, {"workflow", "show", id, "--dot", "--svg"}), HasSubstr("not both"));
}

}  // namespace
}  // namespace errand::cli::test
