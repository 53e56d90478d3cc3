#include "program_fixture.hpp"

namespace errand::cli::test {
namespace {

using testing::HasSubstr;

class ProgramEvents : public ProgramTest {};

TEST_F(ProgramEvents, AreFollowedOrBelongToAJob) {
    static_cast<void>(done({"enqueue", "errand.noop"}));
    EXPECT_THAT(refusal(2, {"events"}), HasSubstr("--follow"));
    EXPECT_THAT(refusal(2, {"events", "--follow", "--kind", "job.complete"}),
                HasSubstr("did you mean job.completed?"));
    EXPECT_THAT(refusal(2, {"events", "--job", "nothing"}), HasSubstr("nothing"));
}

TEST_F(ProgramEvents, TellTheStoryOfAJobThatHasEnded) {
    const auto id = done({"enqueue", "errand.noop"});
    static_cast<void>(done({"cancel", id}));
    const auto event = json({"events", "--job", id});
    EXPECT_EQ(event.at("type"), "dev.errand.job.cancelled");
    EXPECT_EQ(boost::json::value_to<std::string>(event.at("subject")), id);
    EXPECT_THAT(done({"events", "--job", id}), HasSubstr("job.cancelled"));
    // Its end is waited for also where it is not to be shown.
    EXPECT_EQ(done({"events", "--job", id, "--kind", "job.started"}), "");
}

TEST_F(ProgramEvents, WebhooksAreListedByName) {
    const auto name = done({"webhook", "add", "--url", "https://example.org/hook?key=secret",
                            "--queue", "mail", "--kind", "job.completed"});
    EXPECT_EQ(done({"webhook", "add", "--url", "https://example.org/b", "--name", "b", "--secret",
                    "crm"}),
              "b");
    const auto table = done({"webhook", "list"});
    EXPECT_THAT(table, HasSubstr("job.completed; queue mail"));
    EXPECT_THAT(table, HasSubstr("everything"));
    EXPECT_THAT(table, testing::Not(HasSubstr("key=secret")));
    static_cast<void>(done({"webhook", "remove", name}));
    const auto left = json({"webhook", "list"});
    EXPECT_EQ(left.at("name"), "b");
    EXPECT_EQ(left.at("secret"), "crm");
    EXPECT_TRUE(left.at("kinds").as_array().empty());
    EXPECT_NE(errand({"webhook", "remove", name}).exit_code, 0);
}

TEST_F(ProgramEvents, AWebhookThatCannotBeIsRefused) {
    EXPECT_THAT(refusal(2, {"webhook", "add", "--url", "ftp://example.org"}), HasSubstr("http"));
    const auto id = done({"enqueue", "errand.noop"});
    static_cast<void>(done({"cancel", id}));
    EXPECT_NE(errand({"webhook", "add", "--url", "https://example.org", "--job", id}).exit_code, 0);
    EXPECT_EQ(done({"webhook", "list"}), "");
}

TEST_F(ProgramEvents, AJobsWebhookStandsBeforeTheJob) {
    const auto id = done({"enqueue", "errand.noop", "--webhook", "https://example.org/hook"});
    const auto hook = json({"webhook", "list"});
    EXPECT_EQ(boost::json::value_to<std::string>(hook.at("job")), id);
    EXPECT_EQ(boost::json::value_to<std::string>(hook.at("name")), "job:" + id);
    EXPECT_THAT(refusal(2, {"enqueue", "--file", "-", "--webhook", "https://example.org"}),
                HasSubstr("--file"));
}

}  // namespace
}  // namespace errand::cli::test
